/** A thread that moves memory of the arena to the thread that started it, and ends. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Reader } from '@arena/shm-core';
import { movers } from '../movers.js';
import { fillRecord } from '../sequence.js';
import type { ArenaClass } from '../transport.js';
import type { LendingReader } from './lending.js';
import type { Outliving } from './outliving.js';

export interface Moving extends Outliving {
  readonly handle: string;
  readonly released: boolean;
  readonly end: 'by itself' | 'by exit' | 'from outside';
}

const { module, className, handle, what, released, end, unitBytes } = workerData as Moving;
const arena = ((await import(module))[className] as ArenaClass).attach(handle);
const move = movers['a byte stream'] as NonNullable<(typeof movers)[string]>;

function existing<T>(value: T | null): T {
  if (value === null) throw new Error(`there is no ${what} to move`);
  return value;
}

/** Keeps the moved arrays from being collected until the thread ends. */
async function moved(): Promise<{ bytes: Uint8Array; kept: unknown }> {
  if (what === 'lease') {
    const lease = existing(arena.reader().tryRead());
    const bytes = await move(lease.bytes);
    if (released) lease.release();
    return { bytes, kept: lease };
  }
  if (what === 'loan') {
    const reader = arena.reader() as Reader & LendingReader;
    const loan = existing(reader.tryBorrow());
    const { byteOffset, byteLength, buffer } = loan.bytes;
    const whole = await move(new Uint8Array(buffer));
    if (released) loan.release();
    return { bytes: whole.subarray(byteOffset, byteOffset + byteLength), kept: loan };
  }
  const unit = existing(arena.writer().tryAcquire(unitBytes));
  fillRecord(unit.bytes, { writer: 1, sequence: 0 });
  const bytes = await move(unit.bytes);
  if (released) unit.abort();
  return { bytes, kept: unit };
}

const { bytes, kept } = await moved();
parentPort?.postMessage(bytes, [bytes.buffer as ArrayBuffer]);
if (end === 'by exit') process.exit();
if (end === 'from outside') setInterval(() => kept, 1000);

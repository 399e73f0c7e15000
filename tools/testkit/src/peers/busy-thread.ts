/** A thread that is always inside the arena, until it is ended from outside. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Lease, Reader } from '@arena/shm-core';
import type { ArenaClass } from '../transport.js';
import type { LendingReader } from './lending.js';

export interface BusyWork {
  readonly module: string;
  readonly className: string;
  readonly handle: string;
  readonly doing: BusyName;
  readonly unitBytes: number;
}

const { module, className, handle, doing, unitBytes } = workerData as BusyWork;
const arena = ((await import(module))[className] as ArenaClass).attach(handle);

/** The lease that was read. There must be one, because no process ends the stream. */
function some<T>(read: T | null): T {
  if (read === null) throw new Error('the stream ended');
  return read;
}

const busy = {
  async reads(): Promise<void> {
    const reader = arena.reader();
    for (;;) some(await reader.read()).release();
  },
  async iterates(): Promise<void> {
    for await (const lease of arena.reader()) lease.release();
  },
  readsSync(): void {
    const reader = arena.reader();
    for (;;) some(reader.readSync({ timeoutMs: 60_000 })).release();
  },
  async readsMany(): Promise<void> {
    const reader = arena.reader();
    for (;;) for (const lease of some(await reader.readMany(8))) lease.release();
  },
  async readsInto(): Promise<void> {
    const reader = arena.reader();
    const target = new Uint8Array(unitBytes);
    for (;;) some(await reader.readInto(target));
  },
  async keepsLeases(): Promise<void> {
    const reader = arena.reader();
    const kept: Lease[] = [];
    for (;;) {
      kept.push(some(await reader.read()));
      if (kept.length > 2) kept.shift()?.release();
    }
  },
  async opensReaders(): Promise<void> {
    for (;;) {
      const reader = arena.reader();
      const lease = some(await reader.read());
      reader.close();
      lease.release();
    }
  },
  async borrows(): Promise<void> {
    const reader = arena.reader() as Reader & LendingReader;
    for (;;) some(await reader.borrow()).release();
  },
  async acquires(): Promise<void> {
    const writer = arena.writer();
    for (;;) {
      const unit = await writer.acquire(unitBytes);
      unit.bytes[0] = 1;
      unit.commit();
    }
  },
  async writes(): Promise<void> {
    const writer = arena.writer();
    for (;;) await writer.write(new Uint8Array(unitBytes / 2));
  },
  /** The environment of the thread ends inside of the call that woke the thread. */
  async exits(): Promise<void> {
    some(await arena.reader().read());
    process.exit(3);
  },
  async hoards(): Promise<void> {
    const reader = arena.reader();
    const hoard: unknown[] = [];
    for (;;) {
      some(await reader.read()).release();
      for (let count = 0; count < 2000; count++) hoard.push(new Array(50).fill({}));
    }
  },
};

export type BusyName = keyof typeof busy;

parentPort?.postMessage('busy');
await busy[doing]();

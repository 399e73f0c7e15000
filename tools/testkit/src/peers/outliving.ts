/**
 * A process whose threads move memory of an arena to its main thread, and end. It prints the state of that
 * memory afterwards, as JSON. Such memory stays until the process ends, so this is a process of its own.
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Arena } from '@arena/shm-core';
import { makeRecord, readRecord } from '../sequence.js';
import { contentNow } from '../take.js';
import type { ArenaClass } from '../transport.js';
import type { Moving } from './moving-thread.js';

export interface Outliving {
  readonly module: string;
  readonly className: string;
  /** Options of an arena for two units of `unitBytes`. */
  readonly options: object;
  readonly unitBytes: number;
  readonly what: 'lease' | 'unit' | 'loan';
}

export interface Outlived {
  readonly end: string;
  readonly released: boolean;
  /** Whether the memory still has the bytes that were moved. */
  readonly asItWas: boolean;
  /** Number of writers and readers that the arena still has, without those of this process. */
  readonly morePeers: number;
}

const work = JSON.parse(process.argv[2] ?? '') as Outliving;
const arenaClass = (await import(work.module))[work.className] as ArenaClass;
const record = makeRecord(work.unitBytes, { writer: 1, sequence: 0 });

function isAsItWas(bytes: Uint8Array): boolean {
  try {
    return readRecord(bytes).writer === 1;
  } catch {
    return false;
  }
}

/** Uses all memory that is free. A ring with an open record takes no further unit. */
function useRest(arena: Arena): void {
  const writer = arena.writer();
  const reader = arena.reader();
  for (let sequence = 0; sequence < 4; sequence++) {
    if (work.what !== 'loan') writer.tryWrite(makeRecord(work.unitBytes, { writer: 2, sequence }));
    contentNow(reader);
  }
  writer.close();
  reader.close();
}

async function outlive(end: Moving['end'], released: boolean): Promise<Outlived> {
  const arena = arenaClass.create(work.options);
  const writer = arena.writer();
  if (work.what !== 'unit') writer.tryWrite(record);
  const workerData: Moving = { ...work, handle: arena.handle, end, released };
  const thread = new Worker(new URL('moving-thread.js', import.meta.url), {
    execArgv: [],
    workerData,
  });
  const exit = once(thread, 'exit');
  const [bytes] = (await once(thread, 'message')) as [Uint8Array];
  if (end === 'from outside') await thread.terminate();
  await exit;
  useRest(arena);
  const asItWas = isAsItWas(bytes);
  // A write to this memory disturbs no process, and causes no fault.
  bytes.fill(255);
  const { writers, readers } = arena.stats();
  arena.close();
  return { end, released, asItWas, morePeers: writers + readers - 1 };
}

const outlived: Outlived[] = [];
for (const end of ['by itself', 'by exit', 'from outside'] as const) {
  for (const released of [false, true]) outlived.push(await outlive(end, released));
}
console.log(JSON.stringify(outlived));

/**
 * A process whose threads move memory of an arena to it, and end. Prints, as JSON, what is seen of it
 * afterwards. What such memory keeps is kept until the process ends: hence one of its own.
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
  /** Of an arena for two units of `unitBytes`. */
  readonly options: object;
  readonly unitBytes: number;
  readonly what: 'lease' | 'unit' | 'loan';
}

export interface Outlived {
  readonly end: string;
  readonly released: boolean;
  /** Whether the memory still shows what it did when it was moved. */
  readonly asItWas: boolean;
  /** Writers and readers that the arena still has beside this process's own. */
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

/** Uses what memory there is. A ring whose record is kept open takes nothing more. */
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
  // Writing to it meets nobody, and is no fault.
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

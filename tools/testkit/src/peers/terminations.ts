/**
 * A process that ends busy threads, one after another, and prints the resources that are left. Its argument
 * is a {@link Terminations} as JSON.
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Reader, Writer } from '@arena/shm-core';
import { arenaMappings, descriptors, sleep } from '../left-behind.js';
import type { ArenaClass } from '../transport.js';
import type { BusyName, BusyWork } from './busy-thread.js';

export interface Terminations {
  readonly module: string;
  readonly className: string;
  /** Options of an arena for units of `unitBytes`. */
  readonly options: object;
  readonly unitBytes: number;
  readonly units: number;
  readonly broadcast: boolean;
  readonly doing: BusyName;
  readonly rounds: number;
}

/** The state after a round of terminations. */
export interface Left {
  /** How the threads ended: exit codes, or the code of the error that ended them. */
  readonly endings: string[];
  readonly moreDescriptors: number;
  readonly moreMappings: number;
  readonly leasesOut: number;
  /** Number of writers and readers, without those of this process. */
  readonly morePeers: number;
  /** Units that can be opened at once afterwards. */
  readonly free: number;
  /** Whether the reader of this process reads a unit that is written afterwards. */
  readonly readsOn: boolean;
}

const work = JSON.parse(process.argv[2] ?? '') as Terminations;
const arenaClass = (await import(work.module))[work.className] as ArenaClass;
const arena = arenaClass.create(work.options);
const writer = arena.writer();
const reader = arena.reader();

/** The threads end by themselves. */
const ends = work.doing === 'hoards' || work.doing === 'exits';
const writes = work.doing === 'acquires' || work.doing === 'writes';
/** Longest time that a thread is busy before it is ended. */
const longestMs = 30;

function drain(): void {
  for (let lease = reader.tryRead(); lease; lease = reader.tryRead()) lease.release();
}

/** Keeps a thread busy: with units to read, or with room to write. */
function feed(round: number): void {
  if (writes || work.broadcast) drain();
  if (writes) return;
  for (let unit = 0; unit < 3; unit++) {
    writer.tryWrite(new Uint8Array((round + unit) % 2 === 0 ? work.unitBytes : 100));
  }
}

function startThread(): Worker {
  const workerData: BusyWork = { ...work, handle: arena.handle };
  const resourceLimits = { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 };
  return new Worker(new URL('busy-thread.js', import.meta.url), {
    execArgv: [],
    workerData,
    ...(work.doing === 'hoards' ? { resourceLimits } : {}),
  });
}

/** How the thread ended. */
async function terminateOne(round: number): Promise<string> {
  const thread = startThread();
  let failure: string | undefined;
  thread.on('error', (error: Error & { code?: string }) => {
    failure = error.code ?? error.message;
  });
  let running = true;
  const exit = new Promise<number>((resolve) => thread.once('exit', resolve)).then((code) => {
    running = false;
    return code;
  });
  await Promise.race([exit, once(thread, 'message').catch(() => {})]);
  const busyMs = ends ? Number.POSITIVE_INFINITY : Math.random() * longestMs;
  for (const end = performance.now() + busyMs; running && performance.now() < end; ) {
    feed(round);
    await sleep(1);
  }
  await thread.terminate();
  return failure ?? `exit code ${await exit}`;
}

/** Waits until everything that the terminated threads held is free. */
function freeUnits(owner: Writer): number {
  const units = Array.from({ length: work.units }, () => owner.tryAcquire(work.unitBytes));
  const free = units.filter((unit) => unit !== null).length;
  for (const unit of units) unit?.abort();
  return free;
}

async function readsOn(from: Reader, to: Writer): Promise<boolean> {
  const reading = from.read();
  await to.write(Uint8Array.of(7));
  const lease = await reading;
  const read = lease?.bytes[0] === 7;
  lease?.release();
  return read;
}

/** Numbers of descriptors and mappings, after those of the dead threads were closed. */
async function kept(): Promise<{ files: number; maps: number }> {
  // An arena looks after the peers that it rings at most every 100 ms.
  await sleep(150);
  arena.stats();
  return { files: descriptors().length, maps: arenaMappings().length };
}

async function left(before: { files: number; maps: number }, endings: string[]): Promise<Left> {
  drain();
  const after = await kept();
  const { leasesOut, writers, readers } = arena.stats();
  return {
    endings: [...new Set(endings)],
    moreDescriptors: after.files - before.files,
    moreMappings: after.maps - before.maps,
    leasesOut,
    morePeers: writers + readers - 2,
    free: freeUnits(writer),
    readsOn: await readsOn(reader, writer),
  };
}

// The first thread of a process leaves resources that every later thread uses.
await terminateOne(0);
const before = await kept();
const endings: string[] = [];
for (let round = 0; round < work.rounds; round++) endings.push(await terminateOne(round));
console.log(JSON.stringify(await left(before, endings)));
arena.close();

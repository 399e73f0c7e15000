/**
 * The measured process. Its argument is a job in JSON. It writes a sample in JSON to the descriptor 3.
 *
 * It imports only Node and files beside it, because it measures the base commit as well.
 */
import { writeSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { countsBetween, openCounters } from './counters.js';

/**
 * @typedef {object} Job
 * @property {string} file Absolute path of the declarations, in the tree that is measured.
 * @property {string} name Of the measurement.
 * @property {'time' | 'count'} mode
 * @property {number} warmMs Milliseconds of blocks before the first block that counts.
 * @property {number} measureMs
 */

const LEAST_BLOCKS = 5;
/** Blocks whose counts are compared, and blocks before them: caches fill, code is compiled. */
const COUNTED_BLOCKS = 9;
const BLOCKS_BEFORE = 4;
/** Tracing is slow, and a block that is counted need not last. */
const COUNTED_SHARE = 4;
const RESULT_FD = 3;

/** @type {Job} */
const job = JSON.parse(process.argv[2] ?? '{}');
const { measurements } = await import(pathToFileURL(job.file).href);
const measurement = measurements.find((/** @type {any} */ one) => one.name === job.name);
const subject = await measurement.start();
const sample = job.mode === 'count' ? await count() : await time();
await subject.stop?.();
writeSync(RESULT_FD, JSON.stringify(sample));
// Whatever the subject has left open must not hold the process.
process.exit(0);

/** Runs blocks, and keeps the lower quartile: a block that was interrupted takes longer, and none shorter. */
async function time() {
  await runFor(job.warmMs, 2, () => {});
  const counters = openCounters();
  /** @type {{ wall: number, cpu: number, instructions?: number }[]} */
  const blocks = [];
  await runFor(job.measureMs, LEAST_BLOCKS, (block) => blocks.push(block), counters.instructions);
  const perItem = (/** @type {'wall' | 'cpu' | 'instructions'} */ quantity) =>
    lowerQuartile(blocks.map((block) => block[quantity] ?? Number.NaN)) / measurement.items;
  return {
    wall: perItem('wall'),
    cpu: perItem('cpu'),
    ...(counters.instructions === undefined ? {} : { instructions: perItem('instructions') }),
  };
}

/**
 * @param {number} milliseconds
 * @param {number} least Blocks.
 * @param {(block: { wall: number, cpu: number, instructions?: number }) => unknown} each
 * @param {() => number} [instructions]
 */
async function runFor(milliseconds, least, each, instructions) {
  const end = performance.now() + milliseconds;
  for (let block = 0; block < least || performance.now() < end; block++) {
    const before = instructions?.() ?? 0;
    const cpuBefore = process.cpuUsage();
    const began = process.hrtime.bigint();
    await subject.run(measurement.items);
    const wall = Number(process.hrtime.bigint() - began);
    const { user, system } = process.cpuUsage(cpuBefore);
    const counted = instructions && { instructions: instructions() - before };
    each({ wall, cpu: (user + system) * 1000, ...counted });
  }
}

/** The median over blocks: a garbage collection within one of them does not change it. */
async function count() {
  const items = Math.ceil(measurement.items / COUNTED_SHARE);
  for (let block = 0; block < BLOCKS_BEFORE; block++) await subject.run(items);
  const { read } = openCounters();
  /** @type {import('./counters.js').Counts[]} */
  const blocks = [];
  for (let block = 0; block < COUNTED_BLOCKS; block++) {
    const before = read();
    await subject.run(items);
    blocks.push(countsBetween(before, read()));
  }
  // Blocks in which memory was collected have no growth. With many of them their median says nothing.
  const collected = blocks.filter(({ heap = 0 }) => heap < 0).length;
  if (collected > COUNTED_BLOCKS / 4) for (const block of blocks) delete block.heap;
  const names = /** @type {(keyof import('./counters.js').Counts)[]} */ (
    Object.keys(blocks[0] ?? {})
  );
  return Object.fromEntries(
    names.map((name) => [name, median(blocks.map((block) => block[name] ?? Number.NaN)) / items]),
  );
}

/** @param {number[]} values */
function lowerQuartile(values) {
  const sorted = values.sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 4)] ?? Number.NaN;
}

/** @param {number[]} values An odd number of them. */
function median(values) {
  return values.sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

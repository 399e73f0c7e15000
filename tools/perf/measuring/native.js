/** Builds the counters of `native`, where there is a C++ compiler for them. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fingerprint } from '../../checkout/fingerprint.js';
import { root } from '../../checkout/root.js';

const SOURCES = fileURLToPath(new URL('../native', import.meta.url));
const COMPILER = process.env.CXX || 'c++';
/** Hardware instructions: PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS. */
export const INSTRUCTIONS = '0:1';
const FLAGS = ['-std=c++20', '-O2'];

/**
 * @typedef {object} Counters
 * @property {string | undefined} counter The program that runs a command under counters.
 * @property {string | undefined} counted The library for LD_PRELOAD.
 * @property {string[]} missing Why a counter is not there, in words.
 */

/** @returns {Counters} */
export function buildCounters() {
  const folder = join(
    root,
    'build/perf/counters',
    fingerprint(['.'], [COMPILER], SOURCES).slice(0, 16),
  );
  mkdirSync(folder, { recursive: true });
  const counter = build(folder, 'counter', ['counter.cpp']);
  const counted = build(folder, 'counted.so', [
    '-shared',
    '-fPIC',
    '-fno-builtin',
    'counted.cpp',
    '-ldl',
  ]);
  return {
    counter: counter.path,
    counted: counted.path,
    missing: [
      ...(counter.path === undefined
        ? [`system calls, wake-ups and instructions are not counted: ${counter.reason}`]
        : refusals(counter.path)),
      ...(counted.path === undefined
        ? [`copies and allocations are not counted: ${counted.reason}`]
        : []),
    ],
  };
}

/**
 * A kernel, a container or a virtual machine may refuse a counter.
 *
 * @param {string} counter
 * @returns {string[]}
 */
function refusals(counter) {
  const said = (/** @type {string[]} */ ...flags) =>
    spawnSync(counter, [...flags, '--', 'true'], { encoding: 'utf8' }).stderr?.trim() ?? '';
  const [event, trace] = [said('--event', INSTRUCTIONS), said('--trace')];
  return [
    ...(event === '' ? [] : [`instructions are not counted here: ${event}`]),
    ...(trace === '' ? [] : [`system calls and wake-ups are not counted here: ${trace}`]),
  ];
}

/**
 * @param {string} folder
 * @param {string} name
 * @param {string[]} args
 * @returns {{ path: string | undefined, reason: string }}
 */
function build(folder, name, args) {
  const path = join(folder, name);
  if (existsSync(path)) return { path, reason: '' };
  const unfinished = `${path}.${process.pid}`;
  const { status, error, stderr } = spawnSync(COMPILER, [...FLAGS, ...args, '-o', unfinished], {
    cwd: SOURCES,
    encoding: 'utf8',
  });
  if (status === 0) {
    renameSync(unfinished, path);
    return { path, reason: '' };
  }
  const reason = error?.message ?? stderr.trim().split('\n')[0];
  return { path: undefined, reason: `\`${COMPILER}\` cannot build ${name}: ${reason}` };
}

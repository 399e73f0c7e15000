/** Reads the counters of native/counter.cpp and native/counted.cpp in the measured process. */
import { readSync } from 'node:fs';
import { getHeapStatistics } from 'node:v8';

/**
 * @typedef {object} Counts Those that could not be counted here are missing.
 * @property {number} [calls]
 * @property {number} [wakeUps]
 * @property {number} [copied]
 * @property {number} [allocations]
 * @property {number} [heap]
 */

/** The fields of `Page` in native/page.hpp. */
const FIELDS = 6;
/** `read` itself makes one system call between two readings. */
const OWN_CALLS = 1;

/** @returns {{ read: () => number[], instructions: (() => number) | undefined }} */
export function openCounters() {
  const { ARENA_PERF_PAGE: page, ARENA_PERF_EVENT: event } = process.env;
  const fields = new BigUint64Array(FIELDS);
  const one = new BigUint64Array(1);
  return {
    read: () => {
      if (page !== undefined) readSync(Number(page), fields, 0, fields.byteLength, 0);
      return [...Array.from(fields, Number), getHeapStatistics().used_heap_size];
    },
    instructions:
      event === undefined
        ? undefined
        : () => {
            readSync(Number(event), one);
            return Number(one[0]);
          },
  };
}

/**
 * @param {number[]} before
 * @param {number[]} after
 * @returns {Counts}
 */
export function countsBetween(before, after) {
  const grown = after.map((value, at) => value - (before[at] ?? 0));
  const [calls = 0, wakeUps = 0, copied = 0, allocations = 0, , , heap = 0] = grown;
  const [, , , , traced, preloaded] = after;
  return {
    ...(traced ? { calls: calls - OWN_CALLS, wakeUps } : {}),
    ...(preloaded ? { copied, allocations } : {}),
    heap,
  };
}

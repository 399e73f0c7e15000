/** Compares the counters of an arena, and the losses told to readers, with the ledgers. */

/** @typedef {import('./crew.js').Member} Member */
/** @typedef {import('@arena/shm-core').ArenaStats} ArenaStats */

import { largestBatch } from './reader-role.js';

/**
 * @param {import('./shapes.js').Shape} shape
 * @param {Member[]} members
 * @param {ArenaStats} before
 * @param {ArenaStats} after
 * @returns {string[]}
 */
export function judgeCounts(shape, members, before, after) {
  const writers = members.filter(({ role }) => role === 'writer');
  const readers = members.filter(({ role }) => role === 'reader');
  const findings = readers.flatMap(toldOf);
  const written = after.writtenUnits - before.writtenUnits;
  findings.push(...judgeWritten(writers, written, after.writtenBytes - before.writtenBytes));
  const read = after.readUnits - before.readUnits;
  findings.push(...judgeRead(readers, read, after.readBytes - before.readBytes));
  // An arena that was used before may keep units that no writer of this crew wrote.
  if (shape.lossy && before.writtenUnits === 0) findings.push(...judgeLost(writers, readers));
  return findings;
}

const sumOf = (/** @type {Member[]} */ members, /** @type {(member: Member) => number} */ of) =>
  members.reduce((sum, member) => sum + of(member), 0);

const within = (
  /** @type {string} */ what,
  /** @type {number} */ found,
  /** @type {number} */ least,
  /** @type {number} */ most,
) =>
  found >= least && found <= most
    ? []
    : [`${what}: ${found}, expected ${least === most ? least : `${least} to ${most}`}`];

/** A killed writer may have committed more units than it has recorded, at most all that it had begun. */
const mostOf = (/** @type {Member} */ { killed, ledger }) =>
  killed ? Math.max(ledger.begun, ledger.committed) : ledger.committed;

/** @param {Member[]} writers @param {number} units @param {number} bytes */
function judgeWritten(writers, units, bytes) {
  const [least, most] = [sumOf(writers, ({ ledger }) => ledger.committed), sumOf(writers, mostOf)];
  const leastBytes = sumOf(writers, ({ ledger }) => ledger.bytes);
  const all = writers.every(({ killed }) => !killed);
  return [
    ...within('stats say units written', units, least, most),
    ...within('stats say bytes written', bytes, leastBytes, all ? leastBytes : Infinity),
  ];
}

/** @param {Member[]} readers @param {number} units @param {number} bytes */
function judgeRead(readers, units, bytes) {
  const seen = sumOf(readers, ({ ledger }) => ledger.seen.filter((unit) => unit !== null).length);
  const killed = readers.filter((reader) => reader.killed).length;
  const seenBytes = sumOf(readers, ({ ledger }) => ledger.bytes);
  return [
    ...within('stats say units read', units, seen, seen + killed * largestBatch),
    ...within('stats say bytes read', bytes, seenBytes, killed === 0 ? seenBytes : Infinity),
  ];
}

/**
 * A reader that has ended was told of exactly the units that it lost.
 *
 * @param {Member} reader
 */
function toldOf({ id, killed, left, ledger: { told, lost } }) {
  if (killed || (left && told <= lost)) return [];
  return within(`reader ${id} has lost ${lost}, and was told of units lost`, told, lost, lost);
}

/**
 * The first reader was there from before the first unit until after the last one. So it has lost every unit
 * that it has not seen.
 *
 * @param {Member[]} writers
 * @param {Member[]} readers
 */
function judgeLost(writers, readers) {
  const [first] = readers;
  if (first === undefined || first.killed) return [];
  const { seen, lost } = first.ledger;
  const units = seen.filter((unit) => unit !== null).length;
  return within(
    `the first reader saw ${units} units and lost ${lost}, in sum`,
    units + lost,
    sumOf(writers, ({ ledger }) => ledger.committed),
    sumOf(writers, mostOf),
  );
}

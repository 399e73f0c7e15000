/** Checks a crew's ledgers, with any kills at any moments. */
import { judgeOrder } from './judge-order.js';
import { largestBatch } from './reader-role.js';

/** @typedef {import('./crew.js').Member} Member */
/** @typedef {import('./units.js').UnitName} UnitName */

const text = (/** @type {UnitName} */ { writer, sequence }) => `${writer}:${sequence}`;

/**
 * @param {import('./shapes.js').Shape} shape
 * @param {Member[]} members
 * @returns {string[]} The faults.
 */
export function judge(shape, members) {
  const findings = members.flatMap(endingOf);
  const writers = new Map(members.filter(({ role }) => role === 'writer').map((w) => [w.id, w]));
  const readers = members.filter(({ role }) => role === 'reader');
  findings.push(...readers.flatMap((reader) => unbegun(reader, writers)));
  findings.push(
    ...(shape.broadcast ? judgeBroadcast(shape, writers, readers) : judgeOnce(writers, readers)),
  );
  return findings;
}

/** @param {Member} member */
function endingOf(member) {
  const who = `${member.role} ${member.id} (pid ${member.pid})`;
  if (member.failure !== undefined) return [`${who} failed: ${member.failure}`];
  if (member.killed) return [];
  const { exitCode, signalCode } = member.child;
  return exitCode === 0 && member.ledger.ended
    ? []
    : [`${who} ended with ${signalCode ?? exitCode} before it was done`];
}

/**
 * No reader sees a unit before its writer began to commit it.
 *
 * @param {Member} reader
 * @param {Map<number, Member>} writers
 */
function unbegun(reader, writers) {
  const units = reader.ledger.seen.filter((unit) => unit !== null);
  return units
    .filter(({ writer, sequence }) => sequence >= (writers.get(writer)?.ledger.begun ?? Infinity))
    .map((unit) => `reader ${reader.id} saw ${text(unit)}, which was not committed`);
}

/**
 * Each unit goes to one reader. No unit comes twice. Only units that a killed reader had just taken are lost.
 *
 * @param {Map<number, Member>} writers
 * @param {Member[]} readers
 */
function judgeOnce(writers, readers) {
  const findings = [];
  const seen = new Set();
  for (const unit of readers.flatMap(({ ledger }) => ledger.seen)) {
    if (unit === null) continue;
    if (seen.has(text(unit))) findings.push(`unit ${text(unit)} was seen twice`);
    seen.add(text(unit));
  }
  const missing = [...writers.values()].flatMap((writer) => missingOf(writer, seen));
  const excused = readers.filter(({ killed }) => killed).length * largestBatch;
  // Units that a killed reader had taken go to another reader, perhaps after later units.
  if (excused === 0) findings.push(...judgeOrder(readers));
  if (missing.length > excused) {
    findings.push(
      `${missing.length} committed units were never seen, of which ${excused} could have died with their readers: ${missing.slice(0, 10).join(' ')}`,
    );
  }
  return findings;
}

/** @param {Member} writer @param {Set<string>} seen */
function missingOf({ id, ledger }, seen) {
  const units = Array.from({ length: ledger.committed }, (_, sequence) =>
    text({ writer: id, sequence }),
  );
  return units.filter((unit) => !seen.has(unit));
}

/**
 * Every unit goes to every reader. All readers see one order, and no unit twice. Without overwriting, the
 * first reader gets every unit, because it is there from before the first unit until after the last one.
 *
 * @param {import('./shapes.js').Shape} shape
 * @param {Map<number, Member>} writers
 * @param {Member[]} readers
 */
function judgeBroadcast(shape, writers, readers) {
  const findings = [...readers.flatMap(disorderOf), ...judgeOrder(readers), ...judgeEnds(readers)];
  /** @type {Map<string, string>} */
  const successors = new Map();
  for (const { id, ledger } of readers) {
    for (let i = 1; i < ledger.seen.length; i++) {
      const [before, after] = [ledger.seen[i - 1], ledger.seen[i]];
      if (!before || !after) continue;
      const known = successors.get(text(before));
      if (known !== undefined && known !== text(after)) {
        findings.push(
          `reader ${id} saw ${text(after)} after ${text(before)}, another one ${known}`,
        );
      }
      successors.set(text(before), text(after));
    }
  }
  const [first] = readers;
  if (shape.lossy || first === undefined) return findings;
  const seen = new Set(first.ledger.seen.filter((unit) => unit !== null).map(text));
  const missing = [...writers.values()].flatMap((writer) => missingOf(writer, seen));
  if (missing.length > 0) {
    findings.push(
      `the first reader missed ${missing.length} committed units: ${missing.slice(0, 10).join(' ')}`,
    );
  }
  return findings;
}

/**
 * All readers that read to the end have the same last unit.
 *
 * @param {Member[]} readers
 */
function judgeEnds(readers) {
  const done = readers.filter(({ killed, left }) => !killed && !left);
  const lasts = done.flatMap(({ ledger }) => ledger.seen.at(-1) ?? []).map(text);
  const ends = [...new Set(lasts)];
  return ends.length > 1 ? [`readers ended at different units: ${ends.join(' ')}`] : [];
}

/**
 * A reader sees the units of each writer one after the other. A gap may skip some.
 *
 * @param {Member} reader
 */
function disorderOf({ id, ledger }) {
  const findings = [];
  /** @type {Map<number, number>} */
  const last = new Map();
  /** @type {Set<number>} */
  let afterGap = new Set();
  for (const unit of ledger.seen) {
    if (unit === null) {
      afterGap = new Set(last.keys());
      continue;
    }
    const before = last.get(unit.writer) ?? unit.sequence - 1;
    const inOrder = afterGap.delete(unit.writer)
      ? unit.sequence > before
      : unit.sequence === before + 1;
    if (!inOrder) findings.push(`reader ${id} saw ${text(unit)} after ${unit.writer}:${before}`);
    last.set(unit.writer, unit.sequence);
  }
  return findings;
}

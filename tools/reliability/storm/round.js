/** One round of a storm: an arena, a crew that uses it, and kills at random moments. */
import { setTimeout as sleep } from 'node:timers/promises';
import { SegmentPool } from '@arena/transport-pool';
import { Crew } from './crew.js';
import { judge } from './judge.js';
import { judgeCounts } from './judge-counts.js';
import { maxPeers } from './shapes.js';

/** A step that takes this long hangs, even on a busy machine. The time of the kills comes on top. */
const patienceMs = 120_000;
/** A process has started within this time, on a busy machine as well. */
const startMs = 3000;
/** A loss that is not told within this time counts as not told. */
const tellingMs = 5_000;

/** @typedef {import('./crew.js').Member} Member */

/**
 * @typedef {object} RoundOptions
 * @property {import('./shapes.js').AnyArena} arena
 * @property {import('./shapes.js').Shape} shape
 * @property {import('../random.js').Random} random
 * @property {number} writers Writers at once, with the one that lives through the round.
 * @property {number} readers Readers at once, in the same way.
 * @property {number} kills Number of processes that are killed, or leave, and are replaced.
 * @property {number} pauseMs Longest pause of a process between two operations.
 * @property {number} workMs Longest time between two kills.
 * @property {number} leaveShare Share of processes that leave instead of being killed, from 0 to 1.
 * @property {boolean} [endByKill] Kills the writer that lives through the round in the end.
 */

/**
 * @typedef {object} RoundResult
 * @property {string[]} findings
 * @property {number} kills
 * @property {number} written Units committed.
 * @property {number} read Units seen, by all readers.
 * @property {number[]} toldAfterMs From each kill until the arena told of the loss.
 */

/**
 * @param {RoundOptions} options
 * @returns {Promise<RoundResult>}
 */
export async function runRound(options) {
  const { arena, shape, random, writers, readers, kills, workMs } = options;
  const crew = new Crew(arena, shape, random, options.pauseMs);
  const before = arena.stats();
  const hung = hangs(crew, patienceMs + (writers + readers + kills) * (workMs + startMs));
  try {
    await Promise.race([work(crew, options), hung.promise]);
  } finally {
    hung.cancel();
    crew.over = true;
    for (const { child } of crew.members) child.kill('SIGKILL');
  }
  await Promise.all(crew.members.map(({ ended }) => ended));
  const findings = hung.happened ? [describeHang(crew)] : judge(shape, crew.members);
  findings.push(...(await untold(crew)));
  if (!hung.happened) findings.push(...judgeCounts(shape, crew.members, before, arena.stats()));
  findings.push(...wastedIn(arena, shape));
  crew.dismiss();
  return { findings, ...sumsOf(crew.members) };
}

/** @param {Crew} crew @param {RoundOptions} options */
async function work(crew, { random, writers, readers, kills, workMs, leaveShare, endByKill }) {
  // The first writer and the first reader live through the round. So the stream does not end early, and
  // one reader sees every unit.
  const [writer, reader] = [crew.start('writer', 'oldest'), crew.start('reader', 'oldest')];
  await Promise.all([writer.joined, reader.joined]);
  /** @type {Member[]} */
  const mortals = [];
  const recruit = (/** @type {'writer' | 'reader'} */ role) => {
    const member = crew.start(role, random.pick(['oldest', 'newest', 'next']));
    member.tell('go');
    mortals.push(member);
  };
  for (let more = 1; more < writers; more++) recruit('writer');
  for (let more = 1; more < readers; more++) recruit('reader');
  for (const first of [writer, reader]) first.tell('go');

  for (let killed = 0; killed < kills; killed++) {
    const [victim] = mortals.splice(random.below(mortals.length), 1);
    if (victim === undefined) break;
    // Mostly the process works already, sometimes it is still starting.
    if (random.chance(0.85)) await Promise.race([victim.joined, victim.ended]);
    await sleep(random.below(workMs));
    if (random.chance(leaveShare)) victim.leave();
    else victim.kill();
    recruit(victim.role);
  }
  await Promise.all(mortals.map(({ joined, ended }) => Promise.race([joined, ended])));
  await Promise.all([writer, reader].map((member) => member.goesOn()));
  await sleep(random.below(workMs));
  if (endByKill) writer.kill();
  for (const member of crew.members) member.tell('stop');
  await Promise.all(crew.members.map(({ ended }) => ended));
}

/** @param {Crew} crew @param {number} afterMs */
function hangs(crew, afterMs) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const hung = { happened: false, promise: Promise.resolve(), cancel: () => clearTimeout(timer) };
  hung.promise = new Promise((resolve) => {
    const look = () => {
      hung.happened = crew.members.some(({ child }) => child.exitCode === null && !child.killed);
      resolve();
    };
    timer = setTimeout(look, afterMs);
  });
  return hung;
}

/** @param {Crew} crew */
function describeHang(crew) {
  const members = crew.members.map(
    ({ id, role, ledger, killed, child }) =>
      `${role} ${id}: ${killed ? 'killed' : (child.signalCode ?? child.exitCode)}, begun ${ledger.begun}, committed ${ledger.committed}, seen ${ledger.seen.length}, ended ${ledger.ended}`,
  );
  return `the round was not done in time\n  ${members.join('\n  ')}`;
}

/**
 * Every loss is told once, and no other loss is told.
 *
 * @param {Crew} crew
 */
async function untold(crew) {
  const owed = () =>
    crew.members.filter(({ killed, ledger, loss }) => killed && joinedOnly(ledger) && !loss);
  const until = performance.now() + tellingMs;
  while (owed().length > 0 && performance.now() < until) await sleep(5);
  const findings = owed().map(({ role, pid }) => `the loss of ${role} ${pid} was not told`);
  for (const { pid, role } of crew.strangers)
    findings.push(`${role} ${pid} was told lost, or twice`);
  const alive = crew.members.filter(({ killed, loss, ledger }) => loss && !killed && ledger.ended);
  for (const { pid, role } of alive) findings.push(`${role} ${pid} was told lost, and had closed`);
  return findings;
}

/** @param {import('./ledger.js').Ledger} ledger */
const joinedOnly = ({ joined, ended }) => joined && !ended;

/**
 * Everything has come back: no peer, no lease and no unit is left, all room and every place is free.
 *
 * @param {import('./shapes.js').AnyArena} arena
 * @param {import('./shapes.js').Shape} shape
 */
function wastedIn(arena, shape) {
  const findings = [];
  const { writers, readers, leasesOut, inFlight } = arena.stats();
  if (writers + readers > 0) findings.push(`${writers} writers and ${readers} readers are left`);
  if (leasesOut > 0) findings.push(`${leasesOut} leases are left`);
  if (inFlight > 0 && !shape.broadcast) findings.push(`${inFlight} units are left`);
  const places = Array.from({ length: maxPeers }, () => arena.writer());
  const wanted = arena instanceof SegmentPool ? arena.segmentCount : 1;
  const units = Array.from({ length: wanted }, () => places[0]?.tryAcquire(arena.maxUnitBytes));
  const got = units.filter((unit) => unit).length;
  if (got < wanted) findings.push(`only ${got} of ${wanted} segments can be acquired`);
  for (const writer of places) writer.close();
  return findings;
}

/** @param {Member[]} members */
function sumsOf(members) {
  const sum = (/** @type {(member: Member) => number} */ of) =>
    members.reduce((total, member) => total + of(member), 0);
  return {
    kills: sum(({ killed }) => Number(killed)),
    written: sum(({ ledger }) => ledger.committed),
    read: sum(({ ledger }) => ledger.seen.length),
    toldAfterMs: members.flatMap(({ killedAt, lostAt }) =>
      killedAt === undefined || lostAt === undefined ? [] : [lostAt - killedAt],
    ),
  };
}

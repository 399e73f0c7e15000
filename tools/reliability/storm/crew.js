/** Starts, kills and follows the processes that write to and read from one arena. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Ledger, ledgerFd } from './ledger.js';

const script = fileURLToPath(new URL('./peer.js', import.meta.url));

/** Writers have different numbers in all rounds of this process. */
let lastId = 0;

/** One process of a crew. */
export class Member {
  id = ++lastId;
  ledger = new Ledger();
  /** When it was killed, and when the arena told of its loss, in milliseconds; undefined before. */
  /** @type {number | undefined} */
  killedAt;
  /** @type {import('@arena/shm-core').PeerLost | undefined} */
  loss;
  /** @type {number | undefined} */
  lostAt;
  left = false;
  /** @type {string | undefined} */
  failure;

  /**
   * @param {Omit<import('./peer.js').Assignment, 'id'>} assignment
   */
  constructor(assignment) {
    this.assignment = assignment;
    this.child = fork(script, [JSON.stringify({ ...assignment, id: this.id })], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc', 'pipe'],
    });
    this.joined = new Promise((resolve) => {
      this.ledger.onJoined = () => resolve(undefined);
    });
    const pipe = /** @type {import('node:stream').Readable} */ (this.child.stdio[ledgerFd]);
    pipe.on('data', (chunk) => this.ledger.read(chunk));
    // Wait for both: its last record in the ledger is read after it has ended.
    this.ended = Promise.all([once(this.child, 'exit'), once(pipe, 'close')]);
    this.child.on('message', (message) => {
      this.failure = String(message);
    });
    this.child.on('error', (error) => {
      this.failure ??= error.message;
    });
  }

  get role() {
    return this.assignment.role;
  }

  get pid() {
    return this.child.pid ?? 0;
  }

  get alive() {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  get killed() {
    return this.killedAt !== undefined;
  }

  /** @param {'go' | 'stop' | 'leave'} message */
  tell(message) {
    if (this.child.connected) this.child.send(message, () => {});
  }

  kill() {
    if (this.child.exitCode !== null) return;
    this.killedAt = performance.now();
    this.child.kill('SIGKILL');
  }

  /** Leaves before the end of the stream. */
  leave() {
    this.left = true;
    this.tell('leave');
  }

  /** Resolves once this member has made progress. Without progress another member holds it back. */
  async goesOn() {
    const { committed, seen } = this.ledger;
    const before = { committed, seen: seen.length };
    const rests = () =>
      this.ledger.committed === before.committed && this.ledger.seen.length === before.seen;
    while (rests() && this.alive) await sleep(2);
  }
}

export class Crew {
  /** @type {Member[]} */
  members = [];
  /** No further member joins. */
  over = false;
  /** Losses of processes that are no members of this crew. @type {import('@arena/shm-core').PeerLost[]} */
  strangers = [];

  /**
   * @param {import('./shapes.js').AnyArena} arena
   * @param {import('./shapes.js').Shape} shape
   * @param {import('../random.js').Random} random
   * @param {number} pauseMs Longest pause of a member between two operations.
   */
  constructor(arena, shape, random, pauseMs) {
    this.arena = arena;
    this.shape = shape;
    this.random = random;
    this.pauseMs = pauseMs;
    arena.on('peer-lost', this.#onLost);
  }

  /**
   * @param {'writer' | 'reader'} role
   * @param {import('./peer.js').Assignment['from']} from
   */
  start(role, from) {
    if (this.over) throw new Error('the round is over');
    const { handle } = this.arena;
    const { shape, pauseMs } = this;
    const member = new Member({ role, from, handle, shape, pauseMs, seed: this.random.seed() });
    this.members.push(member);
    return member;
  }

  /** Stops listening; the processes have all ended. */
  dismiss() {
    this.arena.off('peer-lost', this.#onLost);
  }

  #onLost = (/** @type {import('@arena/shm-core').PeerLost} */ loss) => {
    const now = performance.now();
    const member = this.members.find(({ pid, role, lostAt }) => {
      return pid === loss.pid && role === loss.role && lostAt === undefined;
    });
    if (member === undefined) this.strangers.push(loss);
    else Object.assign(member, { loss, lostAt: now });
  };
}

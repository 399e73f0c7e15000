/** A reader that reads in every possible way, and checks every byte. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ArenaError } from '@arena/shm-core';
import { Entry } from './ledger.js';
import { isRingReader } from './shapes.js';
import { headerBytes, verifyUnit } from './units.js';

/** One call takes at most this many units. So a killed reader leaves at most this many unrecorded. */
export const largestBatch = 8;

export class ReaderRole {
  /** @type {{ lease: import('@arena/shm-core').Lease, until: number }[]} */
  #kept = [];
  /** @type {Promise<void>[]} */
  #uses = [];
  #ended = false;
  #stopped = false;

  /**
   * @param {import('./shapes.js').AnyArena} arena
   * @param {import('./peer.js').Assignment} assignment
   * @param {import('../random.js').Random} random
   * @param {import('./ledger.js').LedgerWriter} ledger
   */
  constructor(arena, assignment, random, ledger) {
    this.arena = arena;
    const coalesce = random.pick([
      undefined,
      { units: 3, withinMs: 5 },
      { units: 50, withinMs: 20 },
    ]);
    this.reader = arena.reader({ from: assignment.from, coalesce });
    this.assignment = assignment;
    this.random = random;
    this.ledger = ledger;
    this.target = new Uint8Array(assignment.shape.maxUnitBytes);
    ledger.add(Entry.joined);
  }

  /** Reads on until all writers have left and no unit is left. */
  stop() {
    this.#stopped = true;
  }

  leave() {
    this.#ended = true;
  }

  async run() {
    while (!this.#ended) {
      try {
        await this.random.pick(this.#ways())();
      } catch (error) {
        this.#forgive(error);
      }
      this.#releaseSome();
      await Promise.all(this.#uses.splice(0));
      await this.#pause();
    }
    for (const { lease } of this.#kept) this.#release(lease);
    const lost = isRingReader(this.reader) ? this.reader.lost : 0;
    this.reader.close();
    this.arena.close();
    this.ledger.add(Entry.ended, lost);
  }

  #ways() {
    const ways = [
      () => this.#read(),
      () => this.#readUntilSignal(),
      () => this.#readSync(),
      () => this.#tryRead(),
      () => this.#readInto(),
      () => this.#readIntoTooLittle(),
      () => this.#readMany(),
      () => this.#tryReadMany(),
    ];
    const { reader } = this;
    if (isRingReader(reader)) ways.push(() => this.#borrow(reader));
    return ways;
  }

  /** @param {unknown} error */
  #forgive(error) {
    if (!(error instanceof ArenaError)) throw error;
    const { code, details } = error;
    if (code === 'ERR_ARENA_TIMEOUT') return;
    if (code === 'ERR_ARENA_LAPPED' && this.assignment.shape.lossy) {
      this.ledger.add(Entry.gap, Number(details.lostRecords));
    } else throw error;
  }

  #pause() {
    const { pauseMs } = this.assignment;
    if (pauseMs === 0 || this.random.chance(0.8)) return new Promise(setImmediate);
    return sleep(this.random.below(pauseMs + 1));
  }

  async #read() {
    this.#take(await this.reader.read({ timeoutMs: 200 }));
  }

  async #readUntilSignal() {
    const signal = AbortSignal.timeout(this.random.below(20));
    try {
      this.#take(await this.reader.read({ signal }));
    } catch (error) {
      if (error !== signal.reason) throw error;
    }
  }

  #readSync() {
    this.#take(this.reader.readSync({ timeoutMs: 20 }));
  }

  #tryRead() {
    // Ask before reading: when the last writer has left, all of its units have arrived.
    const writersLeft = this.#stopped && this.arena.stats().writers === 0;
    const lease = this.reader.tryRead();
    if (lease !== null) this.#take(lease);
    else this.#ended = writersLeft;
  }

  async #readInto() {
    const result = await this.reader.readInto(this.target, { timeoutMs: 200 });
    if (result === null) this.#ended = true;
    else {
      const bytes = this.target.subarray(0, result.byteLength);
      this.ledger.saw([verifyUnit(bytes, result.envelope)]);
    }
  }

  /** The unit stays unread where it does not fit. */
  async #readIntoTooLittle() {
    const target = this.target.subarray(0, this.random.below(headerBytes));
    try {
      const result = await this.reader.readInto(target, { timeoutMs: 0 });
      if (result === null) this.#ended = true;
      else this.ledger.saw([verifyUnit(target.subarray(0, result.byteLength), result.envelope)]);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  }

  async #readMany() {
    const leases = await this.reader.readMany(largestBatch, { timeoutMs: 200 });
    if (leases === null) this.#ended = true;
    else this.#takeAll(leases);
  }

  #tryReadMany() {
    this.#takeAll(this.reader.tryReadMany(largestBatch));
  }

  /** @param {import('@arena/transport-ring').RingReader} reader */
  async #borrow(reader) {
    const loan = await reader.borrow({ timeoutMs: 200 });
    if (loan === null) {
      this.#ended = true;
      return;
    }
    let name;
    let failure;
    try {
      name = verifyUnit(loan.bytes, loan.envelope);
    } catch (error) {
      failure = error;
    }
    loan.release();
    // An overtaken unit may be torn. The next call tells how many units are lost.
    if (loan.overtaken) return;
    if (name === undefined) throw failure;
    this.ledger.saw([name]);
  }

  /** @param {import('@arena/shm-core').Lease | null} lease */
  #take(lease) {
    if (lease === null) this.#ended = true;
    else this.#takeAll([lease]);
  }

  /** @param {import('@arena/shm-core').Lease[]} leases */
  #takeAll(leases) {
    if (leases.length === 0) return;
    this.ledger.saw(leases.map((lease) => verifyUnit(lease.bytes, lease.envelope)));
    for (const lease of leases) {
      const keep = this.#kept.length < this.assignment.shape.leasesEach && this.random.chance(0.3);
      if (keep) this.#kept.push({ lease, until: performance.now() + this.random.below(10) });
      else if (this.random.chance(0.2)) this.#uses.push(this.#use(lease));
      else this.#release(lease);
    }
  }

  #releaseSome() {
    const now = performance.now();
    for (const { lease } of this.#kept.filter(({ until }) => until <= now)) this.#release(lease);
    this.#kept = this.#kept.filter(({ until }) => until > now);
  }

  /** @param {import('@arena/shm-core').Lease} lease */
  #release(lease) {
    // Checks that the leased bytes are unchanged.
    verifyUnit(lease.bytes, lease.envelope);
    const endHold = this.random.chance(0.2) ? lease.hold() : () => {};
    lease.release();
    setTimeout(endHold, this.random.below(5));
  }

  /** @param {import('@arena/shm-core').Lease} lease */
  async #use(lease) {
    await lease.use(async (bytes) => {
      lease.release();
      await new Promise(setImmediate);
      verifyUnit(bytes, lease.envelope);
    });
  }
}

/** A writer that writes in every possible way. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ArenaError } from '@arena/shm-core';
import { Entry } from './ledger.js';
import { envelopeOf, fillUnit, headerBytes, Noise } from './units.js';

/** The arena is full, because readers are slow or absent; or a unit was open for too long. */
const patience = new Set([
  'ERR_ARENA_FULL',
  'ERR_ARENA_PEER_LOST',
  'ERR_ARENA_NO_READERS',
  'ERR_ARENA_UNIT_ENDED',
]);

export class WriterRole {
  #sequence = 0;
  #stopped = false;

  /**
   * @param {import('./shapes.js').AnyArena} arena
   * @param {import('./peer.js').Assignment} assignment
   * @param {import('../random.js').Random} random
   * @param {import('./ledger.js').LedgerWriter} ledger
   */
  constructor(arena, assignment, random, ledger) {
    this.arena = arena;
    this.writer = arena.writer();
    this.assignment = assignment;
    this.random = random;
    this.ledger = ledger;
    this.noise = new Noise(random, assignment.shape.maxUnitBytes + 4096);
    ledger.add(Entry.joined);
  }

  stop() {
    this.#stopped = true;
  }

  leave() {
    this.stop();
  }

  async run() {
    const ways = [
      () => this.#write(),
      () => this.#writeUntilSignal(),
      () => this.#writeSync(),
      () => this.#tryWrite(),
      () => this.#fillInPlace(),
      () => this.#fillInPlace(),
      () => this.#fillBesideEnvelope(),
      () => this.#giveUp(),
      () => this.#writeMany(),
      () => this.#tryWriteMany(),
    ];
    while (!this.#stopped) {
      try {
        await this.random.pick(ways)();
      } catch (error) {
        if (!(error instanceof ArenaError) || !patience.has(error.code)) throw error;
      }
      if (this.random.chance(0.1)) this.writer.flush();
      await this.#pause();
    }
    this.writer.close();
    this.arena.close();
    this.ledger.add(Entry.ended);
  }

  #pause() {
    const { pauseMs } = this.assignment;
    // Mostly no pause, so that bursts fill the arena. Always a turn of the event loop, for messages.
    if (pauseMs === 0 || this.random.chance(0.7)) return new Promise(setImmediate);
    return sleep(this.random.below(pauseMs + 1));
  }

  /** Small and large lengths, and some near the threshold above which pools do not copy. */
  #unitBytes() {
    const { maxUnitBytes } = this.assignment.shape;
    const limits = [headerBytes, 200, 6000, 20_000, maxUnitBytes];
    return this.random.between(headerBytes, Math.min(this.random.pick(limits), maxUnitBytes));
  }

  /** @param {number} count */
  #begin(count) {
    this.ledger.add(Entry.begun, this.#sequence, count);
  }

  /** @param {readonly { byteLength: number }[]} payloads One of each unit. */
  #committed(payloads) {
    const bytes = payloads.reduce((sum, { byteLength }) => sum + byteLength, 0);
    this.ledger.add(Entry.committed, this.#sequence, payloads.length, bytes);
    this.#sequence += payloads.length;
  }

  /** @param {number} [ahead] */
  #name(ahead = 0) {
    return { writer: this.assignment.id, sequence: this.#sequence + ahead };
  }

  /** A payload and an envelope. One of them holds the header. */
  #unit() {
    if (this.random.chance(0.5)) return { bytes: this.#filled(0), envelope: undefined };
    const bytes = this.noise.cut(this.random.chance(0.2) ? 0 : this.#unitBytes());
    return { bytes, envelope: this.#envelope(bytes) };
  }

  /** @param {Uint8Array} bytes */
  #envelope(bytes) {
    const { maxTailBytes } = this.assignment.shape;
    const most = this.random.pick([0, 0, 100, maxTailBytes]);
    const tail = this.noise.cut(this.random.below(Math.min(most, maxTailBytes) + 1));
    return envelopeOf(this.#name(), bytes, tail);
  }

  /** @param {number} ahead */
  #filled(ahead) {
    const bytes = new Uint8Array(this.#unitBytes());
    fillUnit(bytes, this.#name(ahead), this.noise.cut(bytes.length - headerBytes));
    return bytes;
  }

  async #write() {
    const { bytes, envelope } = this.#unit();
    this.#begin(1);
    await this.writer.write(bytes, { envelope, timeoutMs: 500 });
    this.#committed([bytes]);
  }

  async #writeUntilSignal() {
    const { bytes, envelope } = this.#unit();
    const signal = AbortSignal.timeout(this.random.below(20));
    this.#begin(1);
    try {
      await this.writer.write(bytes, { envelope, signal });
    } catch (error) {
      if (error !== signal.reason) throw error;
      return;
    }
    this.#committed([bytes]);
  }

  #writeSync() {
    const { bytes, envelope } = this.#unit();
    this.#begin(1);
    this.writer.writeSync(bytes, { envelope, timeoutMs: 50 });
    this.#committed([bytes]);
  }

  #tryWrite() {
    const { bytes, envelope } = this.#unit();
    this.#begin(1);
    if (this.writer.tryWrite(bytes, { envelope })) this.#committed([bytes]);
  }

  async #fillInPlace() {
    const acquired = this.#unitBytes();
    const unit = await this.writer.acquire(acquired, { timeoutMs: 500 });
    try {
      const byteLength = this.random.between(headerBytes, acquired);
      const target = unit.bytes.subarray(0, byteLength);
      const endHold = this.random.chance(0.3) ? unit.hold() : () => {};
      fillUnit(target, this.#name(), this.noise.cut(byteLength - headerBytes));
      if (this.random.chance(0.2)) await sleep(this.random.below(5));
      endHold();
      this.#begin(1);
      unit.commit(byteLength);
      this.#committed([{ byteLength }]);
    } finally {
      unit.abort();
    }
  }

  async #fillBesideEnvelope() {
    const bytes = this.noise.cut(this.#unitBytes());
    const envelope = this.#envelope(bytes);
    const unit = await this.writer.acquire(bytes.byteLength, { envelope, timeoutMs: 500 });
    try {
      unit.bytes.set(bytes);
      this.#begin(1);
      unit.commit();
      this.#committed([bytes]);
    } finally {
      unit.abort();
    }
  }

  /** Writes a unit that no reader may ever see: its header is invalid. */
  async #giveUp() {
    const unit = this.writer.tryAcquire(this.#unitBytes());
    if (unit === null) return;
    unit.bytes.fill(0xee);
    if (this.random.chance(0.3)) await sleep(this.random.below(5));
    unit.abort();
  }

  async #writeMany() {
    const units = Array.from({ length: this.random.between(1, 12) }, (_, ahead) =>
      this.#filled(ahead),
    );
    this.#begin(units.length);
    try {
      await this.writer.writeMany(units, { timeoutMs: 500 });
      this.#committed(units);
    } catch (error) {
      if (error instanceof ArenaError) {
        this.#committed(units.slice(0, Number(error.details.written ?? 0)));
      }
      throw error;
    }
  }

  #tryWriteMany() {
    const units = Array.from({ length: this.random.between(1, 12) }, (_, ahead) =>
      this.#filled(ahead),
    );
    this.#begin(units.length);
    this.#committed(units.slice(0, this.writer.tryWriteMany(units)));
  }
}

/** Makes every call that a user can make on an arena. */
import { ItemReader, ItemWriter, releaseItem } from '@arena/payloads';
import { endlessItems } from '../storm/items.js';
import { attachArena, isBroadcastReader, isRingReader } from '../storm/shapes.js';

/** @typedef {import('../storm/shapes.js').Shape} Shape */

export class User {
  /** @type {import('@arena/shm-core').Lease[]} */
  #leases = [];

  /**
   * @param {import('../storm/shapes.js').AnyArena} arena
   * @param {Shape} shape
   * @param {import('../random.js').Random} random
   */
  constructor(arena, shape, random) {
    this.arena = arena;
    this.shape = shape;
    this.random = random;
    this.items = endlessItems(random, shape.maxUnitBytes / 2);
    this.ends = this.#open();
    this.ways = [
      () => this.#write(),
      () => this.#write(),
      () =>
        this.ends.writer.writeMany(
          Array.from({ length: 5 }, () => this.#bytes()),
          { timeoutMs: 5 },
        ),
      () => this.#fill(),
      () => this.ends.itemWriter.tryWrite(this.items.next().value),
      () => this.ends.itemWriter.write(this.items.next().value, { timeoutMs: 5 }),
      () => this.#read(),
      () => this.#read(),
      () => this.ends.reader.readSync({ timeoutMs: 2 })?.release(),
      () =>
        this.ends.reader
          .readMany(5, { timeoutMs: 5 })
          .then((leases) => this.#keep(...(leases ?? []))),
      () => this.#readInto(),
      () => this.#readItem(),
      () => this.#borrow(),
      () => this.#releaseAll(),
      () => this.#look(),
      () => this.#attach(),
      () => this.#reopen(),
    ];
  }

  leave() {
    this.#releaseAll();
  }

  #open() {
    const from = this.random.pick(/** @type {const} */ (['newest', 'next']));
    return {
      writer: this.arena.writer(),
      reader: this.arena.reader({ from: 'oldest' }),
      itemWriter: new ItemWriter(this.arena.writer()),
      itemReader: new ItemReader(this.arena.reader({ from, coalesce: { units: 3, withinMs: 5 } })),
    };
  }

  #reopen() {
    for (const end of Object.values(this.ends)) end.close();
    this.ends = this.#open();
  }

  #bytes() {
    return new Uint8Array(
      this.random.below(this.random.pick([10, 1000, this.shape.maxUnitBytes + 1])),
    );
  }

  #write() {
    const envelope = this.random.chance(0.5) ? new Uint8Array(this.random.below(200)) : undefined;
    if (this.random.chance(0.3))
      return this.ends.writer.writeSync(this.#bytes(), { envelope, timeoutMs: 2 });
    return this.ends.writer.write(this.#bytes(), { envelope, timeoutMs: 5 });
  }

  #fill() {
    const unit = this.ends.writer.tryAcquire(this.random.below(this.shape.maxUnitBytes + 1));
    unit?.bytes.fill(1);
    if (this.random.chance(0.5)) unit?.commit();
    else unit?.abort();
  }

  async #read() {
    const lease = await this.ends.reader.read({ timeoutMs: 5 });
    if (lease !== null) this.#keep(lease);
  }

  /** @param {import('@arena/shm-core').Lease[]} leases */
  #keep(...leases) {
    for (const lease of leases) this.#sum(lease.bytes);
    this.#leases.push(...leases);
    if (this.#leases.length > 3) this.#releaseAll();
  }

  #releaseAll() {
    for (const lease of this.#leases.splice(0)) lease.release();
  }

  /** @param {Uint8Array} bytes */
  #sum(bytes) {
    return bytes.reduce((sum, byte) => (sum + byte) | 0, 0);
  }

  async #readInto() {
    const target = new Uint8Array(this.shape.maxUnitBytes);
    try {
      await this.ends.reader.readInto(target, { timeoutMs: 5 });
    } catch (error) {
      // The mutator may make a unit longer than every unit that was written.
      if (!(error instanceof RangeError)) throw error;
    }
  }

  async #readItem() {
    releaseItem((await this.ends.itemReader.read({ timeoutMs: 5 })).value);
  }

  async #borrow() {
    const { reader } = this.ends;
    if (!isRingReader(reader)) return;
    const loan = await reader.borrow({ timeoutMs: 5 });
    if (loan) this.#sum(loan.bytes);
    loan?.release();
  }

  #look() {
    this.arena.stats();
    this.arena.peers();
    const { reader } = this.ends;
    if (isBroadcastReader(reader)) reader.syncToNewest();
    const lag = isBroadcastReader(reader) ? reader.lag : 0;
    const lost = isRingReader(reader) ? reader.lost : 0;
    return [lag, lost, reader.ended];
  }

  #attach() {
    const other = attachArena(this.shape, this.arena.handle);
    other.writer().tryWrite(this.#bytes());
    other.reader().tryRead()?.release();
    other.close();
  }
}

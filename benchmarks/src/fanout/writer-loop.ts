import { randomFillSync } from 'node:crypto';
import { sharedNow } from './clock.js';
import { type FanoutConfig, payloadsOf } from './config.js';
import type { WriteEnd } from './endpoints.js';
import { EventLoopTurns } from './event-loop-turns.js';
import { Pacer, sleepUntil } from './pacer.js';
import { OutgoingRecord } from './record.js';
import type { Sampler } from './sampler.js';

/** Milliseconds after which a writer that does not wait for room tries again. */
const fullPauseMs = 0.1;

/** Different batches of records to write in turn. They are filled before the clock runs. */
function prepareBatches(writer: number, config: FanoutConfig): OutgoingRecord[][] {
  const { slotBytes, batch, verifyWrites } = config;
  return Array.from({ length: payloadsOf(slotBytes) }, () =>
    Array.from(
      { length: batch },
      () => new OutgoingRecord(filled(slotBytes), writer, verifyWrites),
    ),
  );
}

const fillChunk = 2 ** 30;

function filled(byteLength: number): Uint8Array {
  const bytes = new Uint8Array(byteLength);
  for (let at = 0; at < byteLength; at += fillChunk)
    randomFillSync(bytes.subarray(at, at + fillChunk));
  return bytes;
}

/** Writes as the configuration says, from `startAt` on for its duration. */
export class WriterLoop {
  readonly #batches: { records: OutgoingRecord[]; bytes: Uint8Array[] }[];
  #sequence = 0;
  #writes = 0;

  constructor(
    private readonly end: WriteEnd,
    private readonly index: number,
    private readonly config: FanoutConfig,
  ) {
    this.#batches = prepareBatches(index, config).map((records) => ({
      records,
      bytes: records.map((record) => record.bytes),
    }));
  }

  async run(startAt: number, sampler: Sampler): Promise<void> {
    const { writers, writesPerSecond, batch, durationSeconds } = this.config;
    const endAt = startAt + durationSeconds * 1000;
    const pacer = new Pacer({
      startAt,
      batch,
      writesPerSecond: writesPerSecond / writers,
      phase: this.index / writers,
    });
    await sleepUntil(startAt);
    const turns = new EventLoopTurns(startAt);
    for (let now = startAt; now < endAt && pacer.due < endAt; now = sharedNow()) {
      if (pacer.due > now) await sleepUntil(pacer.due);
      await this.#writeBatch(endAt, sampler);
      pacer.advance();
      sampler.check(now);
      if (turns.due(now)) await turns.take(now);
    }
  }

  /** Stamps the next batch and writes it, unless the ring is full and the writer does not wait. */
  async #writeBatch(endAt: number, { counters }: Sampler) {
    const next = this.#batches[this.#writes % this.#batches.length];
    if (!next) return;
    const { records, bytes } = next;
    for (const [offset, record] of records.entries()) record.stamp(this.#sequence + offset);
    let written = this.end.tryWrite(bytes);
    if (written < bytes.length)
      written += await this.#whenFull(bytes.slice(written), endAt, counters);
    this.#sequence += written;
    this.#writes += 1;
    counters.records = this.#sequence;
  }

  async #whenFull(left: Uint8Array[], endAt: number, counters: Sampler['counters']) {
    if (this.config.whenFull === 'wait') {
      counters.waits += 1;
      return this.end.write(left, Math.max(1, endAt - sharedNow()));
    }
    counters.full += left.length;
    if (this.config.writesPerSecond === 0) await sleepUntil(sharedNow() + fullPauseMs);
    return 0;
  }
}

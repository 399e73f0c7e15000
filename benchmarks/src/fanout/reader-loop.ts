import { copyBytes } from '@arena/shm-core';
import { sharedNow } from './clock.js';
import type { FanoutConfig } from './config.js';
import type { ReadEnd } from './endpoints.js';
import { EventLoopTurns } from './event-loop-turns.js';
import { type IncomingRecord, readRecord } from './record.js';
import type { Sampler } from './sampler.js';
import { StreamVerifier } from './stream-verifier.js';

/** Reading a record from this size on takes longer than a look at the clock and at the lag. */
const slowRecordBytes = 65_536;
/** With smaller records, the clock and the lag are looked at once in so many records. */
const stride = 16;

function burnCpu(milliseconds: number) {
  const until = performance.now() + milliseconds;
  while (performance.now() < until) {}
}

/** Reads to the end of the stream, verifies every record, and computes after each as the configuration says. */
export class ReaderLoop {
  readonly verifier: StreamVerifier;
  readonly #copy: Uint8Array | undefined;
  readonly #stride: number;

  constructor(
    private readonly end: ReadEnd,
    private readonly config: FanoutConfig,
    /** False when what is read is a copy already. */
    copies: boolean,
  ) {
    this.verifier = new StreamVerifier(config.writers, config.whenFull === 'overwrite');
    this.#copy = copies ? new Uint8Array(config.slotBytes).fill(1) : undefined;
    this.#stride = config.slotBytes >= slowRecordBytes ? 1 : stride;
  }

  async run(startAt: number, sampler: Sampler): Promise<void> {
    const { counters } = sampler;
    const turns = new EventLoopTurns(startAt);
    for (;;) {
      const bytes = this.end.tryRead();
      if (!bytes) {
        counters.waits += 1;
        if (!(await this.end.wait())) break;
        continue;
      }
      const record = this.#read(bytes);
      if (this.end.release()) this.#accept(record, counters);
      if (counters.records % this.#stride !== 0) continue;
      const now = sharedNow();
      this.#observe(sampler, now);
      if (turns.due(now)) await turns.take(now);
    }
    counters.lost = this.end.lost;
  }

  #read(bytes: Uint8Array): IncomingRecord {
    const { verifyWrites } = this.config;
    if (!this.#copy) return readRecord(bytes, verifyWrites);
    copyBytes(this.#copy, bytes);
    return readRecord(this.#copy, verifyWrites);
  }

  #accept(record: IncomingRecord, counters: Sampler['counters']) {
    this.verifier.accept(record);
    counters.records += 1;
    if (this.config.readerBurnCpuMilliseconds > 0) burnCpu(this.config.readerBurnCpuMilliseconds);
  }

  #observe(sampler: Sampler, now: number) {
    sampler.counters.sawLag(this.end.lag);
    sampler.counters.lost = this.end.lost;
    sampler.check(now);
  }
}

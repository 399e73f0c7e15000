import { ownCpuSeconds } from '../kit/usage.js';
import { sharedNow } from './clock.js';
import type { Sample } from './samples.js';

/** What a process counts while it works. */
export class Counters {
  records = 0;
  waits = 0;
  full = 0;
  lost = 0;
  maxLag = 0;
  #recentLag = 0;

  sawLag(lag: number) {
    if (lag > this.#recentLag) this.#recentLag = lag;
    if (lag > this.maxLag) this.maxLag = lag;
  }

  /** The most since the last call. */
  takeRecentLag(): number {
    const lag = this.#recentLag;
    this.#recentLag = 0;
    return lag;
  }
}

/** Sends the counters to the process that draws them, at most every `sampleMs`. */
export class Sampler {
  readonly counters = new Counters();
  readonly #cpuAtStart = ownCpuSeconds();
  readonly #timer: NodeJS.Timeout;
  #next: number;

  constructor(
    private readonly startAt: number,
    private readonly sampleMs: number,
    private readonly send: (sample: Sample) => void,
  ) {
    this.#next = startAt + sampleMs;
    // A busy loop calls `check` itself. The timer is for a process that waits.
    this.#timer = setInterval(() => this.check(sharedNow()), sampleMs);
  }

  /** Costs little while no sample is due. */
  check(now: number) {
    if (now < this.#next) return;
    this.#next = Math.max(this.#next + this.sampleMs, now);
    this.send(this.sample(now));
  }

  /** Sends the last sample. */
  stop(now: number): Sample {
    clearInterval(this.#timer);
    return this.sample(now);
  }

  private sample(now: number): Sample {
    const { records, waits, full, lost } = this.counters;
    return {
      atMs: now - this.startAt,
      ...{ records, waits, full, lost },
      lag: this.counters.takeRecentLag(),
      cpuSeconds: ownCpuSeconds() - this.#cpuAtStart,
    };
  }
}

import { SingleBar } from 'cli-progress';
import type { Subject } from './crew-messages.js';

/** Told how a run goes on. */
export interface FanoutProgress {
  start(subject: Subject, seconds: number): void;
  /** Seconds since the start of the run. */
  at(seconds: number): void;
  stop(): void;
}

const silent: FanoutProgress = { start() {}, at() {}, stop() {} };

class Bar implements FanoutProgress {
  readonly #bar = new SingleBar({
    format: '{bar} {subject}  {left}',
    stream: process.stderr,
    fps: 2,
    barsize: 24,
    clearOnComplete: true,
    gracefulExit: false,
    hideCursor: false,
    linewrap: true,
    barCompleteChar: '█',
    barIncompleteChar: '░',
  });
  #seconds = 0;

  start(subject: Subject, seconds: number) {
    this.#seconds = seconds;
    this.#bar.start(seconds, 0, { subject, left: 'starting the processes' });
  }

  at(seconds: number) {
    const left = this.#seconds - seconds;
    this.#bar.update(Math.min(seconds, this.#seconds), {
      left: left > 0 ? `${Math.ceil(left)} s left` : 'reading what is left',
    });
  }

  stop() {
    this.#bar.stop();
  }
}

/** Progress on stderr when it is a terminal, nothing otherwise. */
export const fanoutProgress = (): FanoutProgress => (process.stderr.isTTY ? new Bar() : silent);

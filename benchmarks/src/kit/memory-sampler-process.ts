/**
 * Samples the memory of other processes. It is a process of its own, so that busy event loops of the
 * sampled processes hide no peak from it.
 */
import { serve } from './processes/serve.js';
import { sharedOnceBytes } from './usage.js';

let peak = 0;
let sample = () => {};
let timer: NodeJS.Timeout | undefined;

const functions = {
  /** Samples once at once, and then every millisecond. */
  watch(pids: readonly number[]): void {
    sample = () => {
      peak = Math.max(peak, sharedOnceBytes(pids));
    };
    timer = setInterval(sample, 1);
    sample();
  },
  /** Samples a last time; returns the most bytes of all samples. */
  finish(): number {
    clearInterval(timer);
    sample();
    return peak;
  },
};

export type MemorySampler = typeof functions;

serve(functions);

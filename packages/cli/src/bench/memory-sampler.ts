/** A process of its own, so that the event loops of those it watches cannot hide their peaks from it. */
import { sharedOnceBytes } from './usage.js';

const pids = process.argv.slice(2).map(Number);
let peak = 0;

const sample = () => {
  peak = Math.max(peak, sharedOnceBytes(pids));
};

const timer = setInterval(sample, 1);

process.once('message', () => {
  clearInterval(timer);
  sample();
  process.send?.(peak, () => process.disconnect());
});
process.once('disconnect', () => process.exit());
sample();
process.send?.('watching');

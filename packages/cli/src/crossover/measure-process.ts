/** The process that reads and measures; it starts its partner, which writes. */
import { AskedProcess, answerParent } from './asked-process.js';
import { type Cell, measureCell } from './measure.js';
import { Placer } from './placement.js';
import type { Partner } from './round-trips.js';

const placer = new Placer();
let partner: Partner | undefined;

answerParent((cell: Cell) => {
  partner ??= new AskedProcess(new URL('partner-process.js', import.meta.url), 'advanced');
  placer.place([process.pid, partner.child.pid ?? 0], cell.cpus);
  return measureCell(cell, partner);
});

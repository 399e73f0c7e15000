/** The process that reads and measures; it starts its partner, which writes. */
import { AskedProcess, answerParent } from './asked-process.js';
import { type Cell, measureCell } from './measure.js';
import type { PartnerRequest } from './partner-process.js';

let partner: AskedProcess<PartnerRequest, unknown> | undefined;

answerParent((cell: Cell) => {
  partner ??= new AskedProcess(new URL('partner-process.js', import.meta.url), 'advanced');
  return measureCell(cell, partner);
});

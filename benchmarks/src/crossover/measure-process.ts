/** The process that reads and measures. It starts its partner, which writes. */
import { Placer } from '../kit/placement.js';
import { serve } from '../kit/processes/serve.js';
import { type Partner, startPartner } from '../links/partner.js';
import type { Cell } from './config.js';
import { type CellResult, measureCell } from './measure.js';

const placer = new Placer();
let partner: Partner | undefined;

const functions = {
  measure(cell: Cell): Promise<CellResult> {
    partner ??= startPartner();
    placer.place([process.pid, partner.pid], cell.cpus);
    return measureCell(cell, partner);
  },
};

export type MeasureProcess = typeof functions;

serve(functions);

/** The consumer process of one isolated cell. */
import { serve } from '../kit/processes/serve.js';
import type { Clip } from './clip.js';
import type { Cell, Pacing } from './config.js';
import type { CellResult } from './result.js';
import { type OnPass, runCell } from './run-cell.js';

export interface CellRequest {
  readonly cell: Cell;
  readonly pacing: Pacing;
  /** The clip that a cell of packets sends. */
  readonly clip?: Clip | undefined;
}

/** A timed pass is done. */
export type PassNews = Parameters<OnPass>;

const functions = {
  /** Measures the cell with this process as the consumer, and tells of each timed pass. */
  run({ cell, pacing, clip }: CellRequest, tell: (pass: PassNews) => void): Promise<CellResult> {
    return runCell(cell, pacing, (...pass) => tell(pass), clip);
  },
};

export type CellProcess = typeof functions;

serve(functions);

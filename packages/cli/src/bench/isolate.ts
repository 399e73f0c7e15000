import { fork } from 'node:child_process';
import type { Cell, CellResult, Pacing } from './cell.js';
import type { Clip } from './clip.js';
import type { OnPass } from './run-cell.js';

/** What the process of a cell is asked for. */
export interface CellRequest {
  readonly cell: Cell;
  readonly pacing: Pacing;
  readonly clip?: Clip | undefined;
}

/** What it answers: passes as they are done, then the result or why there is none. */
export type CellAnswer =
  | { readonly type: 'pass'; readonly done: number; readonly passes?: number | undefined }
  | { readonly type: 'result'; readonly result: CellResult }
  | { readonly type: 'failure'; readonly message: string };

const endOf = (code: number | null, signal: NodeJS.Signals | null) =>
  signal === null ? `exit code ${code}` : `signal ${signal}`;

/** Like `runCell`, with a fresh process as the consumer, which is gone when this resolves. */
export function runCellIsolated(
  cell: Cell,
  pacing: Pacing,
  onPass: OnPass = () => {},
  clip?: Clip,
): Promise<CellResult> {
  const child = fork(new URL('cell-process.js', import.meta.url), { execArgv: [] });
  return new Promise<CellResult>((resolve, reject) => {
    let result: CellResult | undefined;
    let failure: string | undefined;
    child.on('message', (answer: CellAnswer) => {
      if (answer.type === 'pass') onPass(answer.done, answer.passes);
      else if (answer.type === 'result') result = answer.result;
      else failure = answer.message;
    });
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (result) resolve(result);
      else
        reject(
          new Error(failure ?? `the cell's process ended without a result, ${endOf(code, signal)}`),
        );
    });
    const request: CellRequest = { cell, pacing, clip };
    child.send(request);
  });
}

/** The process of one isolated cell: takes a request, answers, ends. */
import type { CellAnswer, CellRequest } from './isolate.js';
import { runCell } from './run-cell.js';

const answer = (message: CellAnswer) =>
  new Promise<void>((resolve) => {
    process.send?.(message, () => resolve());
  });

async function serve({ cell, pacing, clip }: CellRequest) {
  try {
    const result = await runCell(
      cell,
      pacing,
      (done, passes) => void answer({ type: 'pass', done, passes }),
      clip,
    );
    await answer({ type: 'result', result });
  } catch (error) {
    await answer({
      type: 'failure',
      message: error instanceof Error ? error.message : String(error),
    });
  }
  process.disconnect();
}

// The one who asked is gone: nobody wants the result, and the producer ends with this process.
process.once('disconnect', () => process.exit());
process.once('message', (request: CellRequest) => void serve(request));

/**
 * Four experiments of one shape, and the functions that run them and show their results.
 * Importing this loads no native code and draws nothing.
 */
import type { TopLevelSpec } from 'vega-lite';

export * as crossover from './crossover/index.js';
export * as fanout from './fanout/index.js';
export { type Csv, csvText } from './kit/csv.js';
export type { Experiment, Outcome } from './kit/experiment.js';
export { checkOutputPath, plotFormatOf } from './kit/output-path.js';
export type { PlotText } from './kit/plots/specification.js';
export { type Progress, progressOnStderr, type Step } from './kit/progress.js';
export { parseBytes } from './kit/sizes.js';
export * as latency from './latency/index.js';
export { type Recorded, readRecorded } from './recorded.js';
export * as transport from './transport/index.js';

/** Draws a plot into a PNG or SVG file, as the name of the file says. */
export async function writeDrawing(spec: TopLevelSpec, path: string): Promise<void> {
  // What draws takes half a second to load.
  const { writeDrawing } = await import('./kit/plots/draw.js');
  await writeDrawing(spec, path);
}

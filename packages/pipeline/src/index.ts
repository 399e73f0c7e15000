/**
 * Work that a subprocess does, and whose results your process iterates over. Begin with
 * {@link runInSubprocess} and {@link PipelineBuilder}.
 *
 * @packageDocumentation
 */
export { type RunInSubprocessOptions, runInSubprocess } from './consumer/run-in-subprocess.js';
export {
  SubprocessPipeline,
  type SubprocessPipelineEvents,
} from './consumer/subprocess-pipeline.js';
export { type AggregateOptions, PipelineBuilder, type PipeOptions } from './stages/builder.js';
export { Pipeline } from './stages/pipeline.js';
export type { AnyIterable, PassContext, Source } from './stages/source.js';
export type { Operation } from './stages/stages.js';

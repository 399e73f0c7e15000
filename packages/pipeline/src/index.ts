export { type AggregateOptions, PipelineBuilder, type PipeOptions } from './builder.js';
export { PipelineError, type PipelineErrorCode, pipelineErrorCodes } from './errors.js';
export { Pipeline } from './pipeline.js';
export { type RunInSubprocessOptions, runInSubprocess } from './run-in-subprocess.js';
export type { AnyIterable, PassContext, Source } from './source.js';
export type { Operation } from './stages.js';
export { SubprocessPipeline } from './subprocess-pipeline.js';

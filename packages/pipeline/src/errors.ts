/** Every code that a {@link PipelineError} carries, with what it means to the caller. */
export const pipelineErrorCodes = {
  ERR_ARENA_PIPELINE_BUSY: 'another iteration over the same subprocess is still open',
  ERR_ARENA_IN_USE: 'another pipeline of this process receives through the same arena',
  ERR_ARENA_SOURCE_EXHAUSTED: 'a source that can be read once was asked for a second pass',
  ERR_ARENA_MODULE: 'the module cannot be loaded, or does not export a pipeline',
} as const;

export type PipelineErrorCode = keyof typeof pipelineErrorCodes;

/** An expected outcome of running a pipeline: tell them apart by `code`, never by message. */
export class PipelineError extends Error {
  readonly code: PipelineErrorCode;

  constructor(code: PipelineErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PipelineError';
    this.code = code;
  }
}

/** The options of `writer()` and `reader()`, as far as every arena has them. */
import type { ReaderOptions, WriterOptions } from './arena.js';
import { checkBoolean, integer, oneOf } from './arguments.js';
import { checkCoalescing } from './coalescing.js';
import { Options } from './options.js';

/** For options that an arena has beside these. */
export const writerChecks = { spinMicroseconds: integer(0, 10_000_000) };

export const writerOptions = new Options<WriterOptions>(writerChecks);
export const readerOptions = new Options<ReaderOptions>({
  spinMicroseconds: writerChecks.spinMicroseconds,
  from: oneOf(['newest', 'oldest', 'next']),
  coalesce: checkCoalescing,
  endless: checkBoolean,
});

/** The options of `writer()` and `reader()` that every arena has. */
import type { ReaderOptions, WriterOptions } from './arena.js';
import { checkBoolean, integer, oneOf } from './arguments.js';
import { checkCoalescing } from './coalescing.js';
import { Options } from './options.js';

/** The common checks. An arena may add options of its own. */
export const writerChecks = { spinMicroseconds: integer(0, 10_000_000) };

export const writerOptions = new Options<WriterOptions>(writerChecks);
export const readerOptions = new Options<ReaderOptions>({
  spinMicroseconds: writerChecks.spinMicroseconds,
  from: oneOf(['newest', 'oldest', 'next']),
  coalesce: checkCoalescing,
  endless: checkBoolean,
});

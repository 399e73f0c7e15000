/** The options of every call of a writer and a reader. */
import type { AsyncWaitOptions, CopyOptions, UnitOptions, WaitOptions } from './arena.js';
import { checkBoolean, checkBytes, checkMilliseconds, checkSignal } from './arguments.js';
import { Options } from './options.js';

const wait = { timeoutMs: checkMilliseconds };
const asyncWait = { ...wait, signal: checkSignal };
const unit = { envelope: checkBytes };
const copy = { copy: checkBoolean };

export const waitOptions = new Options<WaitOptions>(wait);
export const asyncWaitOptions = new Options<AsyncWaitOptions>(asyncWait);
export const unitOptions = new Options<UnitOptions>(unit);
export const copyOptions = new Options<CopyOptions>(copy);

export const acquireOptions = new Options<AsyncWaitOptions & UnitOptions>({
  ...asyncWait,
  ...unit,
});
export const acquireSyncOptions = new Options<WaitOptions & UnitOptions>({ ...wait, ...unit });

export const writeOptions = new Options<AsyncWaitOptions & UnitOptions & CopyOptions>({
  ...asyncWait,
  ...unit,
  ...copy,
});
export const writeSyncOptions = new Options<WaitOptions & UnitOptions & CopyOptions>({
  ...wait,
  ...unit,
  ...copy,
});
export const writeManyOptions = new Options<AsyncWaitOptions & CopyOptions>({
  ...asyncWait,
  ...copy,
});
export const tryWriteOptions = new Options<UnitOptions & CopyOptions>({ ...unit, ...copy });

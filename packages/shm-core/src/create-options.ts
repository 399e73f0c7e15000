/** The options of `create` that every arena has. */
import { checkBoolean, checkInteger, checkName, integer } from './arguments.js';
import { constants, type NativePlan } from './native.js';

export interface CreateOptions {
  /** Writers and readers that can be attached at once; 128 by default, at most 256. */
  readonly maxPeers?: number | undefined;
  /** Milliseconds for which a writer may keep a unit open. Each kind of arena says which units that concerns. */
  readonly unitTimeoutMs?: number | undefined;
  /**
   * Number of writers that will be opened, over all processes. The stream ends once that many have come
   * and all have closed. With `Infinity` only `end()` ends it. `Reader.read` describes the default.
   */
  readonly writers?: number | undefined;
  /** Name under which other processes can attach. */
  readonly name?: string | undefined;
  /** False: the memory is touched at its first use. */
  readonly populate?: boolean | undefined;
}

/** More writers than can ever come. */
const anyNumber = 2 ** 32 - 1;

const checkWriters = (name: string, value: unknown): number =>
  value === Number.POSITIVE_INFINITY ? value : checkInteger(name, value, 1, 2 ** 31 - 1);

/** The check of each, beside those of the options that one kind of arena has. */
export const createChecks = {
  maxPeers: integer(1, constants.limits.maxPeers),
  unitTimeoutMs: integer(1, 2 ** 31 - 1),
  writers: checkWriters,
  name: checkName,
  populate: checkBoolean,
};

/** The part of the plan that every arena has. */
export const planFor = (
  kind: number,
  { maxPeers, unitTimeoutMs, writers, name, populate }: CreateOptions,
): NativePlan => ({
  kind,
  peers: maxPeers,
  unitTimeoutMs,
  // 0 when the number is not known.
  writers: Math.min(writers ?? 0, anyNumber),
  populate: populate ?? true,
  name,
});

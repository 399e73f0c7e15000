import { invalidRange } from './errors.js';
import { native } from './native.js';

/** Below this size the call into native code costs more than it saves. */
const nativeCopyBytes = 256 * 1024;

/**
 * Copies all of `source` to the start of `target`. Large copies bypass the cache, which is faster. The
 * two must not overlap.
 *
 * @throws {RangeError} `target` is shorter than `source`.
 */
export function copyBytes(target: Uint8Array, source: Uint8Array): void {
  if (target.byteLength < source.byteLength) {
    throw invalidRange(
      `target too small: ${source.byteLength} bytes do not fit into ${target.byteLength}. Pass a larger target.`,
    );
  }
  if (source.byteLength < nativeCopyBytes) target.set(source);
  else native.copyBytes(target, source);
}

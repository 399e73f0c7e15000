/** The codecs that this process knows, besides those that are built in. */
import { invalidType } from '@arena/shm-core/internal';
import type { Codec } from '../codec.js';
import { tensorCodec } from './tensor.js';

const codecName = /^[\x21-\x7e]{1,64}$/;

/** Newest first, so that a later registration wins. */
const registered: Codec[] = [];

/**
 * Registers a codec in this process. The reading process must register a codec of the same name.
 *
 * Registered codecs come before the built-in codecs, the newest first. A codec replaces an older codec of the
 * same name.
 *
 * @throws {TypeError} `codec` lacks a name or a method.
 */
export function registerCodec<T>(codec: Codec<T>): void {
  if (typeof codec?.name !== 'string' || !codecName.test(codec.name)) {
    throw invalidType('a codec needs a name of 1 to 64 printable ASCII characters');
  }
  for (const method of ['matches', 'encode', 'decode'] as const) {
    if (typeof codec[method] !== 'function') {
      throw invalidType(`the codec "${codec.name}" has no method ${method}()`);
    }
  }
  const older = registered.findIndex((other) => other.name === codec.name);
  if (older >= 0) registered.splice(older, 1);
  registered.unshift(codec as Codec);
}

/** The registered codec that takes `value`. */
export function registeredCodecFor(value: object): Codec | undefined {
  for (let i = 0; i < registered.length; i++) {
    const codec = registered[i] as Codec;
    if (codec.matches(value)) return codec;
  }
  return undefined;
}

/** The codec that an envelope names. */
export function codecNamed(name: string): Codec | undefined {
  return (
    registered.find((codec) => codec.name === name) ??
    (name === tensorCodec.name ? tensorCodec : undefined)
  );
}

import { checkName, describe } from './arguments.js';
import { invalidType } from './errors.js';
import { Options, required } from './options.js';

const named = new Options<{ name: string }>({ name: required(checkName) });

/**
 * The text by which the core finds an arena: the handle, or a handle made from the name.
 *
 * @throws {TypeError} `handle` is neither.
 */
export function handleOf(handle: string | { name: string }): string {
  if (typeof handle === 'string') return handle;
  if (typeof handle === 'object' && handle !== null && 'name' in handle) {
    return `arena:1:name:${named.check(handle, 'handle').name}`;
  }
  throw invalidType(
    `handle must be a string or { name }, got ${describe(handle)}. Pass the handle property of the arena.`,
  );
}

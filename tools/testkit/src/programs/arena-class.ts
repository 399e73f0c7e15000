import type { ArenaClass } from '../transport.js';

/** How many units each writer of these programs sends. */
export const unitsEach = 20;

/** What a program is started with: the module and the name of a class of arenas, and its options. */
export async function classAndOptions(args: readonly string[]) {
  const [module = '', name = '', options = '{}'] = args;
  const arenaClass = (await import(module))[name] as ArenaClass;
  return { arenaClass, options: JSON.parse(options) as object };
}

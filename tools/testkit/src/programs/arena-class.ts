import type { ArenaClass } from '../transport.js';

/** Number of units that each writer of these programs sends. */
export const unitsEach = 20;

/** The argument of a program: module and name of a class of arenas, and options. */
export async function classAndOptions(args: readonly string[]) {
  const [module = '', name = '', options = '{}'] = args;
  const arenaClass = (await import(module))[name] as ArenaClass;
  return { arenaClass, options: JSON.parse(options) as object };
}

/** The errors of calls on a closed arena or endpoint. */
import { ArenaError } from './errors.js';

export const arenaClosed = (): ArenaError =>
  new ArenaError('ERR_ARENA_CLOSED', 'the arena is closed. Create or attach another.');

/** When the arena itself is closed, the error does not advise to open another endpoint. */
export function endpointClosed(
  role: 'writer' | 'reader',
  arena: { readonly ending: boolean },
): ArenaError {
  if (arena.ending) return arenaClosed();
  return new ArenaError('ERR_ARENA_CLOSED', `the ${role} is closed. ${another[role]}`);
}

const another = {
  writer: 'Open another with arena.writer() before the stream ends.',
  reader: 'Open another with arena.reader().',
};

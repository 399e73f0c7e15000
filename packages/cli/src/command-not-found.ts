import { nearestName } from '@arena/shm-core/internal';
import type { Hook } from '@oclif/core';
import { usageError } from './usage-error.js';

const typed = (id: string) => id.replaceAll(':', ' ');

/** Fails for an unknown command, and names the nearest right command. */
const commandNotFound: Hook.CommandNotFound = async ({ id, config }) => {
  const nearest = nearestName(
    id,
    config.commands.filter(({ hidden }) => !hidden).map((command) => command.id),
  );
  const advice =
    nearest === undefined
      ? '"arena help" lists the commands.'
      : `Did you mean "arena ${typed(nearest)}"?`;
  throw usageError(`there is no command "arena ${typed(id)}". ${advice}`);
};

export default commandNotFound;

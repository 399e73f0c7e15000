/** Finds the nearest right spelling of a flag or value. */
import { nearestName } from '@arena/shm-core/internal';
import type { Errors, Interfaces } from '@oclif/core';

type Flags = Readonly<Record<string, Interfaces.FlagInput[string]>>;

/** An error of oclif's parser. */
interface ParserError {
  message: string;
  /** Flags that the command does not have, with their dashes. */
  readonly flags?: readonly string[];
  showHelp?: boolean;
}

/** oclif's message about a value that is not among a flag's options. */
const invalidOption = /^Expected --\S+=(.*) to be one of: (.*)$/m;

const helpHint = '\nSee more help with --help';

/** Every spelling that a command takes, without the dashes. */
const spellings = (flags: Flags): string[] =>
  Object.entries(flags).flatMap(([name, flag]) => {
    const names = [name, ...(flag.aliases ?? [])];
    const negatable = flag.type === 'boolean' && flag.allowNo === true;
    return negatable ? [...names, ...names.map((one) => `no-${one}`)] : names;
  });

function nearestFlag(wrong: string, flags: Flags): string | undefined {
  const nearest = nearestName(wrong.replace(/^-+/, '').replace(/=.*/, ''), spellings(flags));
  return nearest === undefined ? undefined : `--${nearest}`;
}

function meant({ message, flags: unknown }: ParserError, flags: Flags): string[] {
  const nearest = (unknown ?? []).map((wrong) => nearestFlag(wrong, flags));
  const [, value, options] = invalidOption.exec(message) ?? [];
  if (value !== undefined && options !== undefined) {
    nearest.push(nearestName(value, options.split(', ')));
  }
  return nearest.filter((name) => name !== undefined);
}

/** Adds the nearest right flag or value to an error of oclif's parser, if there is one. */
export function suggest(error: Errors.CLIError, flags: Flags): void {
  const parserError: ParserError = error;
  const names = [...new Set(meant(parserError, flags))];
  if (names.length === 0) return;
  const message = parserError.message.replace(helpHint, '').replace(/\.?$/, '.');
  parserError.message = `${message} Did you mean ${names.join(' and ')}?${helpHint}`;
  // Leave out the list of all flags: it would push the message off the screen.
  parserError.showHelp = false;
}

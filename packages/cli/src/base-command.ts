import { messageOf } from '@arena/shm-core/internal';
import { Command, Errors, Flags } from '@oclif/core';
import { suggest } from './suggest.js';
import { usageCode, usageExit } from './usage-error.js';

/** Exit status of every failure except wrong usage. */
const failedExit = 1;

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;

const isCliError = (error: unknown): error is Errors.CLIError =>
  error instanceof Error && 'oclif' in error;

function toCliError(error: unknown): Errors.CLIError {
  if (isCliError(error)) {
    if (error.oclif.exit === usageExit) error.code ??= usageCode;
    return error;
  }
  const code = codeOf(error);
  return new Errors.CLIError(messageOf(error), {
    exit: failedExit,
    ...(code === undefined ? {} : { code }),
  });
}

/**
 * The rules of every command: an error is printed without its stack, wrong usage exits with 2 and a failed
 * run with 1, also with `--json`. For a misspelt flag or value, the error names the nearest right spelling.
 */
export abstract class ArenaCommand extends Command {
  protected override async catch(error: Error): Promise<unknown> {
    const cliError = toCliError(error);
    const { flags, baseFlags, enableJsonFlag } = this.ctor;
    const json = enableJsonFlag ? { json: Flags.boolean() } : {};
    suggest(cliError, { ...json, ...baseFlags, ...flags });
    process.exitCode = cliError.oclif.exit ?? failedExit;
    return super.catch(cliError);
  }

  /** This is intentional: oclif's own method would print the whole parser, with every flag of the command. */
  protected override toErrorJson(error: unknown) {
    const { code, message, name, oclif } = toCliError(error);
    return { error: { code, message, name, oclif } };
  }

  /** Largest length of a printed line. Lines are cut only for a terminal. */
  protected get lineWidth(): number {
    return process.stdout.isTTY ? process.stdout.columns || 80 : Number.POSITIVE_INFINITY;
  }
}

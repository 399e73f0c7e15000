import { Command, Errors } from '@oclif/core';

/** Exit statuses: wrong usage, and everything else that fails. */
const usageExit = 2;
const failedExit = 1;
const usageCode = 'ERR_ARENA_INVALID_ARGUMENT';

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;

/** Wrong usage found after the flags were parsed. */
export const usageError = (message: string, code = usageCode) =>
  new Errors.CLIError(message, { exit: usageExit, code });

const isCliError = (error: unknown): error is Errors.CLIError =>
  error instanceof Error && 'oclif' in error;

function toCliError(error: unknown): Errors.CLIError {
  if (isCliError(error)) {
    if (error.oclif.exit === usageExit) error.code ??= usageCode;
    return error;
  }
  const code = codeOf(error);
  return new Errors.CLIError(error instanceof Error ? error.message : String(error), {
    exit: failedExit,
    ...(code === undefined ? {} : { code }),
  });
}

/**
 * What every command of arena keeps: an error is printed without its stack, wrong usage exits 2 and
 * a failed run 1, with `--json` as well.
 */
export abstract class ArenaCommand extends Command {
  protected override async catch(error: Error): Promise<unknown> {
    const cliError = toCliError(error);
    process.exitCode = cliError.oclif.exit ?? failedExit;
    return super.catch(cliError);
  }
  /** This is intentional: oclif's own would print the whole parser, with every flag of the command. */
  protected override toErrorJson(error: unknown) {
    const { code, message, name, oclif } = toCliError(error);
    return { error: { code, message, name, oclif } };
  }
}

#!/usr/bin/env node
import { handle, run, settings } from '@oclif/core';

// The commands are compiled; oclif must not look for a TypeScript loader when NODE_ENV is "test".
settings.enableAutoTranspile = false;

/** Resolves once the output was read. process.exit() would lose what still waits in a pipe. */
const written = (stream) => new Promise((resolve) => stream.write('', resolve));

// This is intentional: oclif's execute() waits ten seconds for a pipe, and not at all after a failure.
try {
  await run(process.argv.slice(2), import.meta.url);
} catch (error) {
  await written(process.stdout);
  await handle(error);
}

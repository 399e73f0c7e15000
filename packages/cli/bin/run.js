#!/usr/bin/env node
import { handle, run, settings } from '@oclif/core';

// The commands are compiled; oclif must not look for a TypeScript loader when NODE_ENV is "test".
settings.enableAutoTranspile = false;

/** Whoever reads our output may take its time; what waits in a pipe is lost by process.exit(). */
const written = (stream) => new Promise((resolve) => stream.write('', resolve));

// Not oclif's execute(): it gives a pipe ten seconds, and a failure none.
try {
  await run(process.argv.slice(2), import.meta.url);
} catch (error) {
  await written(process.stdout);
  await handle(error);
}

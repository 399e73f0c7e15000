/**
 * Gives each process of vitest the made environment before it loads a test file, so that every
 * process and thread that a test starts inherits it.
 *
 * The variables are changed one by one: `process.env = ...` would leave the real environment, which
 * native code and child processes see, as it was.
 */
import { madeEnvironment } from './made-environment.js';

const made = madeEnvironment();
for (const name of Object.keys(process.env)) {
  if (!(name in made)) delete process.env[name];
}
Object.assign(process.env, made);

/**
 * Makes a checkout ready to run: Debian packages, Boost, npm packages, native code, TypeScript.
 *
 *     node tools/setup [--with=format,sanitize]
 *     node tools/setup --check=built,format
 *
 * `npm start`, `npm test` and `npm run build` begin with this. With nothing missing it only compares the
 * checkout with its wanted state, and changes nothing. It may run before any package is installed, so its
 * files import only Node and each other.
 *
 * `--with` adds groups of Debian packages that only some commands need. `--check` changes nothing, and
 * fails when something is missing.
 */
import { parseArgs } from 'node:util';
import { PlainError, runCommand, say } from '../commands/command.js';
import { vendorBoost } from '../vendor-boost/vendor-boost.js';
import { requireSetUp } from './required.js';
import { installDebianPackages } from './steps/debian-packages.js';
import { buildNativeCode } from './steps/native.js';
import { checkNodeVersion } from './steps/node-version.js';
import { installNpmPackages } from './steps/npm-packages.js';
import { compileTypeScript } from './steps/typescript.js';

/** @param {string[]} extraGroups */
async function setUp(extraGroups) {
  const started = performance.now();
  checkNodeVersion();
  const didSomething = [
    await installDebianPackages(extraGroups),
    await vendorBoost(),
    await installNpmPackages(),
    await buildNativeCode(),
    await compileTypeScript(),
  ].some(Boolean);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  say(didSomething ? `ready after ${seconds} s` : `nothing to do (checked in ${seconds} s)`);
}

function readArguments() {
  try {
    const { values } = parseArgs({
      options: { with: { type: 'string', multiple: true }, check: { type: 'string' } },
    });
    const extraGroups = (values.with ?? []).flatMap((names) => names.split(','));
    return { extraGroups, needs: values.check?.split(',') };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new PlainError(
      `${reason}\nUsage: node tools/setup [--with=GROUP,... | --check=NEED,...]`,
    );
  }
}

await runCommand('setup', async () => {
  const { extraGroups, needs } = readArguments();
  if (needs === undefined) await setUp(extraGroups);
  else requireSetUp(needs);
});

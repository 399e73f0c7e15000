/**
 * Makes a checkout ready to run: Debian packages, Boost, npm packages, native code, TypeScript.
 *
 * Runs before `npm start` and `npm test`, so it is idempotent and, with nothing missing, only
 * compares what is there with what is wanted. It may run before anything is installed: the files
 * of this folder import nothing but Node itself and each other.
 *
 *     node tools/setup [--with=format,sanitize]
 *
 * `--with` adds groups of Debian packages that only some commands need.
 */
import { vendorBoost } from '../vendor-boost/vendor-boost.js';
import { reportErrors, SetupError, say } from './progress.js';
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

/** @param {string[]} args */
function extraGroupsFrom(args) {
  return args.flatMap((arg) => {
    if (!arg.startsWith('--with=')) {
      throw new SetupError(`unknown argument ${arg}. Usage: node tools/setup [--with=GROUP,...]`);
    }
    return arg.slice('--with='.length).split(',');
  });
}

await reportErrors(() => setUp(extraGroupsFrom(process.argv.slice(2))));

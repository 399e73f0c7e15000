/** Builds a package's libFuzzer targets and runs one of them. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../checkout/root.js';
import { madeEnvironment } from '../environment/made-environment.js';
import { buildWithCMake, sanitizedBy } from '../native-build/cmake.js';

/** @param {string} packageFolder Relative to the top. */
const buildFolder = (packageFolder) => join(root, packageFolder, 'build/fuzz');

/**
 * @param {string} packageFolder Relative to the top.
 * @param {string[]} targets `fuzz_<target>` in its CMakeLists.txt.
 * @throws {PlainError} One of them could not be built.
 */
export async function buildTargets(packageFolder, targets) {
  await buildWithCMake({
    title: `the fuzz targets of ${packageFolder}`,
    source: packageFolder,
    build: buildFolder(packageFolder),
    options: ['-DARENA_FUZZ=ON', ...sanitizedBy('address,undefined')],
    targets: targets.map((target) => `fuzz_${target}`),
  });
}

/**
 * Runs a target for some time. An input that crashes, leaks, or asks for too much time or memory is
 * left in the build folder and named.
 *
 * @param {string} packageFolder Relative to the top.
 * @param {string} target
 * @param {{ seeds: string, largest: number, seconds: number, seed: number }} options `seeds` is a
 *   folder that stays as it is; `largest` is the length of an input in bytes; each `seed` tries
 *   other inputs.
 * @returns {Promise<boolean>} Whether nothing was found.
 */
export async function fuzz(packageFolder, target, { seeds, largest, seconds, seed }) {
  const build = buildFolder(packageFolder);
  const grown = join(build, `${target}-corpus`);
  rmSync(grown, { recursive: true, force: true });
  mkdirSync(grown);
  const limits = ['-timeout=20', '-rss_limit_mb=2048', `-max_len=${largest}`, '-close_fd_mask=1'];
  const prefix = join(build, `${target}-finding-`);
  const args = [`-seed=${seed}`, `-max_total_time=${seconds}`, `-artifact_prefix=${prefix}`];
  const child = spawn(join(build, `fuzz_${target}`), [...args, ...limits, grown, seeds], {
    env: { ...madeEnvironment(), UBSAN_OPTIONS: 'print_stacktrace=1' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    log += text;
  });
  const [status] = await once(child, 'close');
  // Thousands of lines tell of inputs that found something new; the last one of all of them.
  if (status === 0) console.log(`fuzz_${target}: ${log.trim().split('\n').at(-1)}`);
  else
    console.error(
      `${log}\nfuzz_${target} has found a failing input. Inputs are kept as ${prefix}*`,
    );
  return status === 0;
}

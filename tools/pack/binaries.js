/** Builds the binaries that are published. They run on older systems than the system that builds them. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '../checkout/root.js';
import { PlainError } from '../commands/command.js';
import { buildWithCMake } from '../native-build/cmake.js';
import { buildFolder } from './build-folder.js';
import { tooNewSymbols } from './symbols.js';
import { NATIVES, OLDEST_GLIBC, TARGETS, VIDEO } from './targets.js';
import { buildVideo } from './video.js';

/** The headers of Node-API, and those of libuv, which only Node itself has. */
export const HEADERS = {
  api: 'node_modules/node-api-headers/include',
  node: join(dirname(process.execPath), '../include/node'),
};

/** @returns {string[]} The targets that can be built here. */
export function buildableTargets() {
  return Object.keys(TARGETS).filter((target) => {
    const { cpu, compiler } = TARGETS[target] ?? {};
    return cpu === process.arch || (compiler !== undefined && existsSync(compiler));
  });
}

/**
 * @param {string} target
 * @returns {Promise<Map<string, Map<string, string>>>} The files for each package: by its folder, the file on this
 *   machine by its name in the package of binaries.
 * @throws {PlainError} A build failed, or a binary needs a newer C library than it should.
 */
export async function buildBinaries(target) {
  const built = new Map();
  for (const { folder, builds, files } of NATIVES) {
    const build = buildFolder(target, folder);
    const title = `the binaries of ${folder} for ${target}`;
    await buildWithCMake({
      title,
      source: folder,
      build,
      options: optionsFor(target),
      targets: builds,
    });
    built.set(folder, new Map(files.map((file) => [file, join(root, build, file)])));
  }
  built.set(VIDEO, await buildVideo(target, optionsFor(target)));
  for (const files of built.values()) for (const file of files.values()) checkSymbols(file);
  return built;
}

/** @param {string} target */
function optionsFor(target) {
  const { cpu, toolchain } = TARGETS[target] ?? {};
  const core = join(root, buildFolder(target, 'packages/shm-core'), 'libarena_core.a');
  return [
    '-DARENA_PORTABLE=ON',
    `-DCMAKE_JS_INC=${join(root, HEADERS.api)}`,
    `-DARENA_NODE_INCLUDE=${HEADERS.node}`,
    `-DARENA_CORE=${core}`,
    ...(cpu !== process.arch && toolchain
      ? [`-DCMAKE_TOOLCHAIN_FILE=${join(root, toolchain)}`]
      : []),
  ];
}

/** @param {string} file */
function checkSymbols(file) {
  const tooNew = tooNewSymbols(file, OLDEST_GLIBC);
  if (tooNew.length === 0) return;
  throw new PlainError(
    `${file} needs symbols that glibc ${OLDEST_GLIBC} lacks: ${tooNew.join(', ')}. Define them in packages/shm-core/native/portable/older_glibc.cpp.`,
  );
}

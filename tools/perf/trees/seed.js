/** Starts a work tree from what this checkout has compiled. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { filesUnder } from '../../checkout/files.js';
import { fingerprint } from '../../checkout/fingerprint.js';
import { readPackages } from '../../checkout/packages.js';
import { root } from '../../checkout/root.js';
import { isBuilt, nativeInputs, nativeStamp } from '../../native-build/addon.js';
import { missingJavaScript } from '../../setup/steps/typescript.js';

/** Boost, as set-up has cut it out. */
const VENDOR = 'packages/shm-core/vendor';
/** Folders of a package whose sources are no part of its addon. */
const TESTS = ['native/tests', 'native/kill', 'native/fuzz'];

/**
 * Copies what was compiled from sources that are equal in the tree. The compiler of TypeScript looks at the
 * times of files first: a copy that is newer than its sources is taken as it is.
 *
 * @param {string} tree
 */
export function seedBuild(tree) {
  if (existsSync(join(root, VENDOR))) copy(VENDOR, tree);
  const compiled = missingJavaScript().length === 0;
  for (const { folder } of readPackages(tree)) {
    const sources = ['src', 'tsconfig.json'].map((name) => join(folder, name));
    if (compiled && areEqual([...sources, 'tsconfig.base.json'], tree))
      copy(join(folder, 'dist'), tree);
    if (existsSync(join(tree, folder, 'CMakeLists.txt'))) seedNative(folder, tree);
  }
}

/**
 * @param {string} folder Of a package.
 * @param {string} tree
 */
function seedNative(folder, tree) {
  leaveTestsOut(join(tree, folder));
  if (!existsSync(join(root, folder, 'CMakeLists.txt')) || !isBuilt(folder)) return;
  if (compiledFrom(folder, root) !== compiledFrom(folder, tree)) return;
  for (const file of builtFiles(folder)) copy(file, tree);
  // The build of the tree compares its sources with this, and finds nothing to do.
  writeFileSync(join(tree, nativeStamp(folder)), fingerprint(nativeInputs(folder), [tree], tree));
}

/**
 * Native tests take most of the time of a build, and nobody runs those of the base.
 *
 * @param {string} folder Of a package in a tree, absolute.
 */
function leaveTestsOut(folder) {
  const text = readFileSync(join(folder, 'CMakeLists.txt'), 'utf8');
  // Older sources cannot be built without their tests.
  if (!text.includes('AND TEST_SOURCES')) return;
  for (const part of TESTS) rmSync(join(folder, part), { recursive: true, force: true });
}

/**
 * @param {string} folder
 * @param {string} top
 * @returns {string} A name for the sources of the addon.
 */
function compiledFrom(folder, top) {
  const files = nativeInputs(folder)
    .filter((path) => !path.endsWith(`${folder}/package.json`))
    .flatMap((path) => filesUnder(path, top))
    .filter((path) => !TESTS.some((part) => path.startsWith(join(folder, part))));
  return fingerprint(files, [], top);
}

/**
 * @param {string} folder
 * @returns {string[]} Addons and programs, without the objects that the compiler needs.
 */
function builtFiles(folder) {
  return readdirSync(join(root, folder, 'build'), { withFileTypes: true })
    .filter(
      (entry) => entry.name === 'Release' || (entry.isFile() && !/\.|Makefile/.test(entry.name)),
    )
    .map(({ name }) => join(folder, 'build', name));
}

/**
 * @param {string[]} paths
 * @param {string} tree
 */
function areEqual(paths, tree) {
  return fingerprint(paths, [], root) === fingerprint(paths, [], tree);
}

/**
 * @param {string} path Relative to the top.
 * @param {string} tree
 */
function copy(path, tree) {
  if (!existsSync(join(root, path))) return;
  mkdirSync(join(tree, path, '..'), { recursive: true });
  cpSync(join(root, path), join(tree, path), { recursive: true });
}

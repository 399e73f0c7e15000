/**
 * Checks the places that must name each package, and the parts that each package must have. The list of
 * packages is `workspaces` in the top's package.json. npm, nx, vitest and the import rules follow that
 * list; this check compares the other places with it.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ARROWS } from '../check-imports/arrows.js';
import { packageFolders, readPackages } from '../checkout/packages.js';

/** @typedef {import('../checkout/packages.js').Package} Package */

/** Folders whose folders may be packages. */
const AROUND = ['.', 'packages', 'tools'];
/** People look packages up in these files. */
const GUIDES = ['ARCHITECTURE.md', 'CONTRIBUTING.md'];

/**
 * @param {string} root Top of the checkout.
 * @returns {string[]} One line for each place that lacks something, beginning with the place.
 */
export function lackingPlaces(root) {
  const packages = readPackages(root);
  return [
    ...unlistedFolders(root),
    ...packages.flatMap(({ folder }) => placesWithout(root, folder)),
    ...packages.flatMap((one) => [
      ...wrongTag(one),
      ...wrongNode(root, one),
      ...lackingTargets(root, one),
      ...lackingReferences(root, one, packages),
    ]),
    ...idleLayers(packages),
  ];
}

/**
 * @param {string} root
 * @returns {string[]}
 */
function unlistedFolders(root) {
  const listed = packageFolders(root);
  return AROUND.flatMap((around) => foldersIn(root, around))
    .filter((folder) => existsSync(join(root, folder, 'package.json')) && !listed.includes(folder))
    .map((folder) => `package.json: workspaces lacks ${folder}`);
}

/**
 * @param {string} root
 * @param {string} around
 */
function foldersIn(root, around) {
  if (!existsSync(join(root, around))) return [];
  return readdirSync(join(root, around), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules')
    .map(({ name }) => join(around, name));
}

/**
 * @param {string} root
 * @param {string} folder Of a package.
 * @returns {string[]} The places that must name the package and do not.
 */
function placesWithout(root, folder) {
  const references = referencesIn(root, 'tsconfig.json');
  const locked = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  return [
    ...(isCompiled(root, folder) && !references.includes(folder)
      ? [`tsconfig.json: references lacks ${folder}`]
      : []),
    ...(folder in locked ? [] : [`package-lock.json: lacks ${folder}; run npm install`]),
    ...GUIDES.filter((guide) => !readFileSync(join(root, guide), 'utf8').includes(folder)).map(
      (guide) => `${guide}: lacks ${folder}`,
    ),
  ];
}

/** @param {Package} one */
function wrongTag({ folder, layer }) {
  if (layer in ARROWS) return [];
  const known = Object.keys(ARROWS).join(', ');
  return [`${folder}/package.json: no nx tag layer:<name> with one of ${known}`];
}

/** @param {Package[]} packages */
function idleLayers(packages) {
  return Object.keys(ARROWS)
    .filter((layer) => !packages.some((one) => one.layer === layer))
    .map((layer) => `tools/check-imports/arrows.js: no package has the layer ${layer}`);
}

/**
 * @param {string} root
 * @param {Package} one
 */
function wrongNode(root, { folder, node }) {
  const wanted = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).engines.node;
  return node === wanted ? [] : [`${folder}/package.json: engines.node is ${node}, not ${wanted}`];
}

/**
 * The targets of nx that a package needs follow from its files.
 *
 * @param {string} root
 * @param {Package} one
 */
function lackingTargets(root, { folder, targets }) {
  const has = (/** @type {string} */ path) => existsSync(join(root, folder, path));
  const wanted = [
    ...(isCompiled(root, folder) ? ['build'] : []),
    ...(has('CMakeLists.txt') ? ['build-native'] : []),
    ...(has('tests') ? ['test', 'typecheck'] : []),
    'lint',
  ];
  return wanted
    .filter((target) => !targets.includes(target))
    .map((target) => `${folder}/package.json: nx.targets lacks ${target}`);
}

/**
 * A package is compiled after those that it depends on: its tsconfig.json refers to each of them.
 *
 * @param {string} root
 * @param {Package} one
 * @param {Package[]} packages
 */
function lackingReferences(root, { folder, dependencies }, packages) {
  if (!isCompiled(root, folder)) return [];
  const place = `${folder}/tsconfig.json`;
  const references = referencesIn(root, place);
  const needed = packages
    .filter(({ name, folder }) => dependencies.includes(name) && isCompiled(root, folder))
    .map((needed) => needed.folder);
  return [
    ...needed
      .filter((other) => !references.includes(other))
      .map((other) => `${place}: references lacks ${relative(folder, other)}`),
    ...references
      .filter((other) => !needed.includes(other))
      .map((other) => `${place}: refers to ${other}, which package.json does not depend on`),
  ];
}

/**
 * @param {string} root
 * @param {string} folder
 * @returns {boolean} Whether it is compiled to JavaScript: examples and tools are written in it.
 */
function isCompiled(root, folder) {
  return existsSync(join(root, folder, 'tsconfig.json')) && existsSync(join(root, folder, 'src'));
}

/**
 * @param {string} root
 * @param {string} place A tsconfig.json, relative to the top.
 * @returns {string[]} The folders that it refers to, relative to the top.
 */
function referencesIn(root, place) {
  const path = join(root, place);
  if (!existsSync(path)) return [];
  const { references = [] } = JSON.parse(readFileSync(path, 'utf8'));
  return references.map((/** @type {{ path: string }} */ reference) =>
    join(place, '..', reference.path),
  );
}

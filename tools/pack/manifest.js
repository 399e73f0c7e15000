/** The package.json of a published package, made from that in the checkout. */
import { NATIVE_FOLDERS, TARGETS } from './targets.js';

/** Only the checkout needs these. */
const INTERNAL = ['devDependencies', 'nx', 'scripts', 'binary', 'files'];

/** @typedef {Record<string, any>} Manifest */

/**
 * @param {string} folder Of the package.
 * @param {Manifest} manifest
 * @returns {Manifest}
 */
export function publishedManifest(folder, manifest) {
  const kept = Object.entries(manifest).filter(([key]) => !INTERNAL.includes(key));
  const published = Object.fromEntries(kept);
  if (NATIVE_FOLDERS.includes(folder)) {
    const binaries = Object.keys(TARGETS).map((target) => [
      binariesName(manifest.name, target),
      manifest.version,
    ]);
    published.optionalDependencies = {
      ...manifest.optionalDependencies,
      ...Object.fromEntries(binaries),
    };
  }
  return { ...published, publishConfig: { access: 'public', provenance: true } };
}

/**
 * @param {Manifest} manifest Of the package that the binaries belong to.
 * @param {string} target
 * @param {string} main
 * @returns {Manifest}
 */
export function binariesManifest(manifest, target, main) {
  const { version, license, engines, repository, homepage, bugs } = manifest;
  const { cpu, libc } = /** @type {import('./targets.js').Target} */ (TARGETS[target]);
  return {
    name: binariesName(manifest.name, target),
    version,
    description: `The native part of ${manifest.name} for ${target}`,
    license,
    repository,
    homepage,
    bugs,
    engines,
    os: ['linux'],
    cpu: [cpu],
    libc: [libc],
    type: 'commonjs',
    main,
    // Yarn would keep the package in an archive, where the system cannot load a library.
    preferUnplugged: true,
    publishConfig: { access: 'public', provenance: true },
  };
}

/**
 * @param {string} owner
 * @param {string} target
 */
export const binariesName = (owner, target) => `${owner}-${target}`;

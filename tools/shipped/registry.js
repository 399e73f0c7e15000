/** A registry for one test run: it has the packed archives, and nothing else. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { binariesManifest, binariesName } from '../pack/manifest.js';
import { TARGETS } from '../pack/targets.js';
import { manifestIn } from './archive.js';

/**
 * @param {string} folder With the archives.
 * @returns {Promise<{ url: string, close: () => void }>} Answers at `url` until it is closed.
 */
export async function serveArchives(folder) {
  const server = createServer();
  await new Promise((listening) => server.listen(0, '127.0.0.1', () => listening(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const url = `http://127.0.0.1:${port}/`;
  const packages = documentsOf(folder, url);
  server.on('request', ({ url: asked = '' }, response) => {
    const path = decodeURIComponent(asked.slice(1));
    const document = packages.get(path);
    if (document) return response.end(JSON.stringify(document));
    if (path.endsWith('.tgz')) return response.end(readFileSync(join(folder, path)));
    response.writeHead(404).end('{}');
  });
  return { url, close: () => server.close() };
}

/**
 * @param {string} folder
 * @param {string} url
 * @returns {Map<string, object>} What a registry says of each package, by its name.
 */
function documentsOf(folder, url) {
  const archives = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  const packed = archives.map((archive) => {
    const manifest = manifestIn(join(folder, archive));
    const sum = createHash('sha512').update(readFileSync(join(folder, archive)));
    const integrity = `sha512-${sum.digest('base64')}`;
    return { ...manifest, dist: { tarball: `${url}${archive}`, integrity } };
  });
  const documents = [...otherMachines(packed), ...packed].map(documentOf);
  return new Map(documents.map((document) => [document.name, document]));
}

/** @param {Record<string, any>} manifest */
function documentOf({ name, version, ...rest }) {
  const versions = { [version]: { name, version, ...rest } };
  // Yarn takes no package that was published a moment ago.
  const time = { [version]: '2026-01-01T00:00:00.000Z' };
  return { name, 'dist-tags': { latest: version }, versions, time };
}

/**
 * The binaries for machines of other kinds. Yarn looks at them all, and downloads only those for this machine.
 *
 * @param {Record<string, any>[]} packed
 */
function otherMachines(packed) {
  return packed.flatMap((owner) =>
    Object.keys(TARGETS)
      .filter((target) => binariesName(owner.name, target) in (owner.optionalDependencies ?? {}))
      .map((target) => ({ ...binariesManifest(owner, target, ''), dist: { tarball: '' } })),
  );
}

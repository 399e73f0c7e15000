/** Bundles of a program: with arena outside they work, with arena inside they say what to do. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';
import { root } from '../checkout/root.js';
import { madeEnvironment } from '../environment/made-environment.js';
import { fetchedPackage } from './fetched-package.js';
import { ESBUILD_VERSION } from './versions.js';

const PROGRAM = join(root, 'tools/reliability/runtimes/leases.mjs');
const ADVICE = 'Keep arena out of the bundle';

/** @type {Record<string, (output: string, outside: boolean) => Promise<void>>} */
const BUNDLERS = {
  'Vite SSR': async (output, outside) => {
    await build({
      configFile: false,
      root,
      logLevel: 'error',
      build: {
        ssr: PROGRAM,
        outDir: output,
        rollupOptions: {
          external: outside ? [/^@arena\//] : [],
          output: { entryFileNames: '[name].mjs' },
        },
      },
      ssr: { noExternal: outside ? [] : true },
    });
  },
  esbuild: async (output, outside) => {
    const folder = await fetchedPackage('@esbuild/linux-x64', ESBUILD_VERSION);
    const args = ['--bundle', '--platform=node', '--format=esm', `--outdir=${output}`];
    const external = outside ? ['--external:@arena/*'] : [];
    const options = ['--log-level=error', '--out-extension:.js=.mjs'];
    execFileSync(join(folder, 'bin/esbuild'), [PROGRAM, ...args, ...external, ...options]);
  },
};

/** @returns {Promise<import('../run-tests/results.js').Count>} */
export async function testBundlers() {
  const count = { passed: 0, failed: 0 };
  for (const [name, bundle] of Object.entries(BUNDLERS)) {
    for (const outside of [true, false]) {
      const said = await runBundle(bundle, outside);
      const right = said.includes(outside ? 'works without a copy' : ADVICE);
      console.log(`${right ? 'ok   ' : 'WRONG'} ${name}: arena ${outside ? 'outside' : 'inside'}`);
      if (!right) console.error(said.replaceAll(/^/gm, '      '));
      if (right) count.passed++;
      else count.failed++;
    }
  }
  return count;
}

/**
 * @param {(output: string, outside: boolean) => Promise<void>} bundle
 * @param {boolean} outside
 */
async function runBundle(bundle, outside) {
  // Within the checkout, where the bundle finds arena's packages.
  const output = mkdtempSync(join(root, 'build/bundle-'));
  try {
    await bundle(output, outside);
    const program = join(output, 'leases.mjs');
    const options = { encoding: /** @type {const} */ ('utf8'), env: madeEnvironment() };
    const { stdout, stderr } = spawnSync(process.execPath, [program], options);
    return stdout + stderr;
  } finally {
    rmSync(output, { recursive: true });
  }
}

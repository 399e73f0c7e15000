/** CommonJS programs load arena with `require()`, which can load ES modules since Node 20.19. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const top = new URL('../../', import.meta.url);

/** Runs the text of a CommonJS module, and returns what it prints. */
const runCommonJs = (text: string): string =>
  execFileSync(process.execPath, ['--input-type=commonjs', '--eval', text], {
    cwd: fileURLToPath(new URL('examples', top)),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });

const manifestIn = (folder: string) =>
  JSON.parse(readFileSync(new URL(`${folder}/package.json`, top), 'utf8'));

/** Names of the packages that have an entry to load, without those for tests. */
const loadable = (manifestIn('.').workspaces as string[])
  .map(manifestIn)
  .filter((manifest) => manifest.exports?.['.'] !== undefined && !manifest.private)
  .map(({ name }) => name as string);

describe('require()', () => {
  it.each(loadable)('of %s gives what import gives', async (name) => {
    const required = runCommonJs(
      `console.log(JSON.stringify(Object.keys(require('${name}')).sort()));`,
    );
    expect(JSON.parse(required)).toEqual(Object.keys(await import(name)).sort());
  });

  it('is enough for a whole program', () => {
    const printed = runCommonJs(`
      const { SegmentPool } = require('@arena/transport-pool');
      const pool = SegmentPool.create({ segmentSize: 4096, segmentCount: 2 });
      const reader = pool.reader();
      pool.writer().writeSync(Uint8Array.of(1, 2, 3));
      const lease = reader.readSync();
      console.log(lease.bytes.join());
      lease.release();
      pool.close();`);
    expect(printed).toBe('1,2,3\n');
  });
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { arena } from './arena-command.js';
import { seedHeader } from './seed-header.js';

describe('arena plot', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'arena-plot-'));
    const lines = [2, 8].flatMap((size) =>
      ['numpy', 'torch', 'packets'].map(
        (kind) => `${size},${kind},pool,95,3202,3100,3300,4.95,1,1`,
      ),
    );
    writeFileSync(join(folder, 'seed.csv'), [seedHeader, ...lines].join('\r\n'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('draws the results of other programs as SVG', async () => {
    const output = join(folder, 'plot.svg');
    const outcome = await arena('plot', join(folder, 'seed.csv'), '--output', output);
    expect(outcome).toEqual({ status: 0, stdout: `Drew 6 rows into ${output}.\n`, stderr: '' });
    const svg = readFileSync(output, 'utf8');
    expect(svg).toMatch(/^<svg /);
    for (const kind of ['numpy', 'torch', 'packets']) expect(svg).toContain(`>${kind}<`);
  });

  it('draws a PNG', async () => {
    const output = join(folder, 'plot.png');
    expect((await arena('plot', join(folder, 'seed.csv'), '--output', output)).status).toBe(0);
    const png = readFileSync(output);
    expect(png.subarray(1, 4).toString('latin1')).toBe('PNG');
  });
});

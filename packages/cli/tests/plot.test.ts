import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawSvg, toPng } from '../dist/bench/draw.js';
import { decadeTicks, stylesOf } from '../dist/bench/plot-style.js';
import { type PlotRow, plotSpec } from '../dist/index.js';
import { arena } from './arena-command.js';
import { row, seedHeader } from './rows.js';

const rowsOver = (sizes: readonly number[]): PlotRow[] =>
  sizes.flatMap((sizeMiB) =>
    ['bytes', 'tensor'].flatMap((kind) =>
      (['no-arena', 'ring', 'pool'] as const).map((transport, index) =>
        row({ sizeMiB, kind, transport, mbPerSecond: 500 * 6 ** index }),
      ),
    ),
  );

const count = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].length;

describe('drawSvg', () => {
  it('draws one line per kind and transport, in the dashes of the transport', async () => {
    const svg = await drawSvg(rowsOver([2, 8, 32]));
    const lines = /aria-roledescription="line mark"[^>]*>/g;
    expect(count(svg, lines)).toBe(6);
    const strokes = [...svg.matchAll(/aria-roledescription="line mark"[^>]*stroke="([^"]+)"/g)];
    expect(new Set(strokes.map(([, stroke]) => stroke))).toEqual(new Set(['#0072B2', '#009E73']));
    for (const dashes of ['1,3.5', '7,4', '1,0']) {
      expect(count(svg, new RegExp(`line mark"[^>]*stroke-dasharray="${dashes}"`, 'g'))).toBe(2);
    }
  });

  it('draws a band under every line and a marker at every size', async () => {
    const svg = await drawSvg(rowsOver([2, 8, 32]));
    expect(count(svg, /aria-roledescription="area mark"/g)).toBe(6);
    expect(count(svg, /aria-roledescription="point"/g)).toBe(18);
  });

  it('names its axes with units, and what it was told', async () => {
    const svg = await drawSvg(rowsOver([2, 8]), { title: 'A & B', subtitle: 'some CPU, 2 cores' });
    const texts = [
      'payload size (MiB, log scale)',
      'throughput (MB/s, log scale)',
      'A &amp; B',
      'some CPU, 2 cores',
      '95 % confidence interval',
      '>no-arena<',
    ];
    for (const text of texts) expect(svg).toContain(text);
  });

  it('puts the transports side by side where there is a single size', async () => {
    const svg = await drawSvg(rowsOver([32]));
    expect(svg).toContain('transport (payloads of 32 MiB)');
    expect(count(svg, /aria-roledescription="point"/g)).toBe(6);
    expect(svg).toContain('>18k<');
  });

  it('ends an interval that reaches below zero at the axis', async () => {
    const rows = rowsOver([2, 8]).map((one) => ({ ...one, mbPerSecondLow: -100 }));
    const svg = await drawSvg(rows);
    const areas = [...svg.matchAll(/<path[^>]*aria-roledescription="area mark"[^>]*d="([^"]+)"/g)];
    expect(areas).toHaveLength(6);
    for (const [, path = ''] of areas) {
      const heights = [...path.matchAll(/[ML]-?[\d.]+,(-?[\d.]+)/g)].map(([, y]) => Number(y));
      expect(Math.max(...heights)).toBe(360); // the bottom of the plot
      expect(Math.min(...heights)).toBeGreaterThanOrEqual(0);
    }
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });
});

describe('plotSpec', () => {
  it('shows all of the means, and does not stretch for an interval beyond reason', () => {
    const text = JSON.stringify(
      plotSpec([row({ mbPerSecond: 1000, mbPerSecondLow: -5000, mbPerSecondHigh: 90_000 })]),
    );
    expect(text).toContain('"domain":[500,2000]');
  });

  it('draws kinds of other programs like those that mean the same, and unknown ones apart', () => {
    const [tensor, torch, other, another] = stylesOf(['tensor', 'torch', 'audio', 'text']);
    expect(torch).toEqual(tensor);
    expect(other).not.toEqual(another);
  });
});

describe('decadeTicks', () => {
  it('spans the values with 1, 2, 5 steps', () => {
    expect(decadeTicks(430, 21_000)).toEqual([200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000]);
    expect(decadeTicks(500, 500)).toEqual([500]);
    expect(decadeTicks(0.03, 0.3)).toEqual([0.02, 0.05, 0.1, 0.2, 0.5]);
  });
});

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

  it('draws a PNG with letters in it on a machine without fonts', async () => {
    const output = join(folder, 'plot.png');
    expect((await arena('plot', join(folder, 'seed.csv'), '--output', output)).status).toBe(0);
    const png = readFileSync(output);
    expect(png.subarray(1, 4).toString('latin1')).toBe('PNG');
    const blank = '<svg xmlns="http://www.w3.org/2000/svg" width="60" height="30">';
    const letters = `${blank}<text x="5" y="20" font-family="DejaVu Sans">arena</text></svg>`;
    expect(toPng(letters).length).toBeGreaterThan(toPng(`${blank}</svg>`).length + 100);
  });
});

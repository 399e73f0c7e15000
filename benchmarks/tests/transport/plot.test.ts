import { describe, expect, it } from 'vitest';
import { specToSvg } from '../../dist/kit/plots/draw.js';
import type { PlotText } from '../../dist/kit/plots/specification.js';
import { type PlotRow, plotSpec } from '../../dist/transport/plot.js';
import { stylesOf } from '../../dist/transport/plot-style.js';
import { row } from './rows.js';

const drawSvg = (rows: readonly PlotRow[], text?: PlotText) => specToSvg(plotSpec(rows, text));

const rowsOver = (sizes: readonly number[]): PlotRow[] =>
  sizes.flatMap((sizeMiB) =>
    ['bytes', 'tensor'].flatMap((kind) =>
      (['no-arena', 'ring', 'pool'] as const).map((transport, index) =>
        row({ sizeMiB, kind, transport, mbPerSecond: 500 * 6 ** index }),
      ),
    ),
  );

const count = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].length;

describe('a plot of throughput', () => {
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

  it('names its axes with units, and shows the given title', async () => {
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
  it('shows all means, and does not stretch for a very wide interval', () => {
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

import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { Resvg } from '@resvg/resvg-js';
import * as vega from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { plotFormatOf } from '../output-path.js';
import { fontFamily, legendLayout } from './theme.js';

declare module 'vega' {
  /** Exported, but not in vega's own types. */
  export const textMetrics: { width: (item: { fontSize?: number }, text: unknown) => number };
}

/** Pixels per point of the PNG: sharp in print and on dense screens. */
const pngZoom = 2;

/**
 * How wide a letter of DejaVu Sans is on average, in font sizes. Without a canvas vega assumes 0.8,
 * and leaves gaps where text ends.
 */
const letterWidth = 0.6;

vega.textMetrics.width = ({ fontSize = 11 }, text) => letterWidth * fontSize * String(text).length;

const fontFile = (name: string) =>
  createRequire(import.meta.url).resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`);

/** A plot as SVG text. */
export async function specToSvg(plot: TopLevelSpec): Promise<string> {
  const { spec } = compile(plot);
  const view = new vega.View(vega.parse(spec, { legend: { layout: legendLayout } }), {
    renderer: 'none',
    logLevel: vega.Error,
  });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}

/** SVG text as PNG, drawn with the fonts of an npm package, so that every machine draws the same. */
export function toPng(svg: string): Uint8Array {
  const renderer = new Resvg(svg, {
    fitTo: { mode: 'zoom', value: pngZoom },
    font: {
      loadSystemFonts: false,
      fontFiles: ['DejaVuSans', 'DejaVuSans-Bold'].map(fontFile),
      defaultFontFamily: fontFamily,
      sansSerifFamily: fontFamily,
    },
  });
  return renderer.render().asPng();
}

/** Draws a plot into a PNG or SVG file, as the name of the file says. */
export async function writeDrawing(spec: TopLevelSpec, path: string): Promise<void> {
  const format = plotFormatOf(path);
  const svg = await specToSvg(spec);
  await writeFile(path, format === 'svg' ? svg : toPng(svg));
}

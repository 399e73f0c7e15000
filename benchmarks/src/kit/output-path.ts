import { statSync } from 'node:fs';
import { dirname, extname } from 'node:path';

export type PlotFormat = 'png' | 'svg';

/**
 * The format that a plot's file name asks for.
 *
 * @throws {RangeError} Neither `.png` nor `.svg`.
 */
export function plotFormatOf(path: string): PlotFormat {
  const extension = extname(path).toLowerCase();
  if (extension === '.png') return 'png';
  if (extension === '.svg') return 'svg';
  throw new RangeError(`a plot is written as .png or .svg, not as "${path}".`);
}

/**
 * Makes sure that a file can be written there, before minutes are spent on measuring.
 *
 * @throws {RangeError} Its folder does not exist, or it is a folder itself.
 */
export function checkOutputPath(path: string): void {
  if (!statSync(dirname(path), { throwIfNoEntry: false })?.isDirectory()) {
    throw new RangeError(`"${path}" cannot be written: there is no folder "${dirname(path)}".`);
  }
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw new RangeError(`"${path}" cannot be written: it is a folder.`);
  }
}

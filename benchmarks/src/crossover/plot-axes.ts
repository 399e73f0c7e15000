/** Axes, colours, markers and dashes that the charts of the crossover share. */
import { colorsOf } from '../kit/plots/palette.js';
import { log, nominal, quantitative } from '../kit/plots/specification.js';
import { decadeTicks, powersOfTenIn } from '../kit/plots/ticks.js';
import { copyingTransportOf, isArena } from '../links/transports.js';

const modes = ['in place', 'zero-copy', 'copied'];
const modeShapes = ['triangle-up', 'circle', 'square'];
const modeDashes = [
  [1.5, 3],
  [1, 0],
  [6, 4],
];

/** Transports that are one arena have one colour. */
export const familyOf = (transport: string) =>
  isArena(transport) ? copyingTransportOf(transport) : transport;

/** How the bytes of a message are handed over. */
export const modeOf = (transport: string, copy: boolean) => {
  if (copy) return 'copied';
  return transport.endsWith('in-place') ? 'in place' : 'zero-copy';
};

/** Ticks at 1, 2, 5, 10 and so on; at powers of ten alone where these are too many to read. */
function ticksOver(values: readonly number[]): number[] {
  const ticks = decadeTicks(Math.min(...values), Math.max(...values));
  if (ticks.length <= 9) return ticks;
  const decades = ticks.filter((tick) => Math.abs(Math.log10(tick) % 1) < 1e-9);
  const [first = 1, last = 1] = [ticks[0], ticks.at(-1)];
  return [
    ...new Set([
      10 ** Math.floor(Math.log10(first)),
      ...decades,
      10 ** Math.ceil(Math.log10(last)),
    ]),
  ];
}

/** Sizes on a logarithmic axis. */
export function xOf(sizes: readonly number[]) {
  const [min, max] = [Math.min(...sizes), Math.max(...sizes)];
  return {
    field: 'size',
    type: quantitative,
    title: 'size (bytes, log scale)',
    scale: { type: log, nice: false, padding: 14 },
    axis: { values: powersOfTenIn(min, max), format: '~s', grid: false },
  };
}

/** `values` on a logarithmic axis. */
export function yOf(values: readonly number[], title: string) {
  const ticks = ticksOver(values);
  return {
    field: 'value',
    type: quantitative,
    title,
    scale: { type: log, domain: [ticks[0] ?? 1, ticks.at(-1) ?? 1], nice: false },
    axis: { values: ticks, format: (ticks[0] ?? 1) < 1 ? '~g' : '~s' },
  };
}

/** One legend for the colours, one for markers and dashes; all charts share them. */
export function encodingsOf(families: readonly string[], present: readonly string[]) {
  const domain = modes.filter((mode) => present.includes(mode));
  const pick = <T>(all: readonly T[]) => domain.map((mode) => all[modes.indexOf(mode)] as T);
  const legend = { title: 'bytes', symbolSize: 70 };
  return {
    color: {
      field: 'family',
      type: nominal,
      scale: { domain: [...families], range: colorsOf(families) },
      legend: { title: 'transport' },
    },
    shape: { field: 'mode', type: nominal, scale: { domain, range: pick(modeShapes) }, legend },
    strokeDash: {
      field: 'mode',
      type: nominal,
      scale: { domain, range: pick(modeDashes) },
      legend,
    },
  };
}

export type Encodings = ReturnType<typeof encodingsOf>;

import { type Transport, transports } from './cell.js';

/** How a kind is drawn: a colour that colour-blind readers tell apart (Okabe and Ito), and a marker. */
interface KindStyle {
  readonly color: string;
  readonly shape: string;
}

const styles = {
  blue: { color: '#0072B2', shape: 'circle' },
  vermilion: { color: '#D55E00', shape: 'square' },
  green: { color: '#009E73', shape: 'triangle-up' },
  purple: { color: '#AA4499', shape: 'diamond' },
  orange: { color: '#E69F00', shape: 'triangle-down' },
  sky: { color: '#56B4E9', shape: 'cross' },
} as const satisfies Record<string, KindStyle>;

/** Kinds that mean the same are drawn the same, whichever program measured them. */
const kindStyles: Readonly<Record<string, KindStyle>> = {
  bytes: styles.blue,
  'typed-array': styles.vermilion,
  numpy: styles.vermilion,
  tensor: styles.green,
  torch: styles.green,
  packets: styles.purple,
};

const spareStyles: readonly KindStyle[] = [styles.orange, styles.sky];

/** A style per kind, in order; kinds beyond those known share what is left. */
export function stylesOf(kinds: readonly string[]): KindStyle[] {
  const unknown = kinds.filter((kind) => kindStyles[kind] === undefined);
  return kinds.map(
    (kind) =>
      kindStyles[kind] ?? spareStyles[unknown.indexOf(kind) % spareStyles.length] ?? styles.orange,
  );
}

const dashes: Readonly<Record<Transport, readonly number[]>> = {
  'no-arena': [1, 3.5],
  ring: [7, 4],
  pool: [1, 0],
};

/** The transports that occur, best first as the lines lie, and the dash pattern of each. */
export function dashesOf(present: readonly Transport[]) {
  const domain = [...transports].reverse().filter((transport) => present.includes(transport));
  return { domain, range: domain.map((transport) => [...dashes[transport]]) };
}

const steps = [1, 2, 5];

/** The ticks 1, 2, 5, 10, 20 ... from the last at or under `low` to the first at or over `high`. */
export function decadeTicks(low: number, high: number): number[] {
  const first = Math.floor(Math.log10(low));
  const last = Math.ceil(Math.log10(high));
  const ticks = Array.from({ length: last - first + 1 }, (_, decade) =>
    steps.map((step) => step * 10 ** (first + decade)),
  );
  const all = ticks.flat();
  const from = all.findLastIndex((tick) => tick <= low);
  const to = all.findIndex((tick) => tick >= high);
  return all.slice(Math.max(0, from), to + 1);
}

export const fontFamily = 'DejaVu Sans';

/** Fonts, greys and line widths that all plots share. */
export const plotConfig = {
  background: 'white',
  font: `${fontFamily}, Verdana, sans-serif`,
  padding: 14,
  view: { stroke: null },
  title: {
    anchor: 'start',
    fontSize: 16,
    fontWeight: 'bold',
    subtitleFontSize: 10.5,
    subtitleColor: '#555',
    offset: 14,
  },
  axisY: { titlePadding: 8 },
  axis: {
    labelFontSize: 11,
    titleFontSize: 12,
    titleFontWeight: 'normal',
    titlePadding: 10,
    gridColor: '#e4e4e4',
    domainColor: '#555',
    tickColor: '#555',
    labelColor: '#222',
  },
  legend: {
    labelFontSize: 11,
    titleFontSize: 11,
    titleFontWeight: 'bold',
    rowPadding: 4,
    symbolStrokeWidth: 2,
    symbolOpacity: 1,
  },
} as const;

/** Space between the two legends: vega knows it, vega-lite does not. */
export const legendLayout = {
  right: { anchor: 'start', direction: 'vertical', margin: 18 },
} as const;

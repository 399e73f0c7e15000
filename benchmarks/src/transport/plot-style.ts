import { palette } from '../kit/plots/palette.js';
import { type Transport, transports } from './config.js';

/** How a payload kind is drawn. */
interface KindStyle {
  readonly color: string;
  readonly shape: string;
}

const styles = {
  blue: { color: palette.blue, shape: 'circle' },
  vermilion: { color: palette.vermilion, shape: 'square' },
  green: { color: palette.green, shape: 'triangle-up' },
  purple: { color: palette.purple, shape: 'diamond' },
  orange: { color: palette.orange, shape: 'triangle-down' },
  sky: { color: palette.sky, shape: 'cross' },
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

/** A style for each kind, in order. Kinds that are not known share the spare styles. */
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

/** The transports that occur, the fastest first as in the plot, and the dash pattern of each. */
export function dashesOf(present: readonly Transport[]) {
  const domain = [...transports].reverse().filter((transport) => present.includes(transport));
  return { domain, range: domain.map((transport) => [...dashes[transport]]) };
}

/** The colours of all plots: colour-blind readers tell them apart (Okabe and Ito). */
export const palette = {
  blue: '#0072B2',
  vermilion: '#D55E00',
  green: '#009E73',
  purple: '#AA4499',
  orange: '#E69F00',
  sky: '#56B4E9',
  grey: '#777777',
  darkGrey: '#555555',
} as const;

/** For items without their own colour. */
export const spareColors: readonly string[] = [palette.orange, palette.sky];

/** A transport has the same colour in every plot. */
const transportColors: Readonly<Record<string, string>> = {
  pool: palette.blue,
  ring: palette.vermilion,
  'no-arena': palette.grey,
  'unix-socket': palette.green,
  zeromq: palette.purple,
};

/** A colour for each of the transports. Those that arena does not know share the spare colours. */
export function colorsOf(transports: readonly string[]): string[] {
  const unknown = transports.filter((name) => transportColors[name] === undefined);
  return transports.map(
    (name) =>
      transportColors[name] ?? spareColors[unknown.indexOf(name) % spareColors.length] ?? '#000',
  );
}

/** Colours of written, read and lost records. */
export const flowColors = {
  in: palette.blue,
  out: palette.vermilion,
  given: palette.purple,
  target: palette.darkGrey,
} as const;

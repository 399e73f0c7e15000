import { nearestName } from '@arena/shm-core/internal';

const units = { B: 1, kB: 1e3, KiB: 2 ** 10, MB: 1e6, MiB: 2 ** 20 } as const;

/** The smallest message that can be measured. */
const minBytes = 1;
/** The largest message. Two of them fit into the largest queue of a pool. */
const maxBytes = 2 ** 26;

/** The advice: the number with the nearest right unit, or examples. */
function advice(number: string | undefined, unit: string): string {
  const nearest = unit in units ? undefined : nearestName(unit, Object.keys(units));
  if (number === undefined || nearest === undefined) return 'Try 100, 64KiB or 1MB.';
  return `Did you mean ${number}${nearest}?`;
}

/**
 * Reads a size in bytes, such as `100`, `64KiB` or `1MB`. 32MB is not 32MiB.
 *
 * @throws {RangeError} Not a whole number of bytes from 1 to 64 MiB.
 */
export function parseBytes(input: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([A-Za-z]*)$/.exec(input.trim());
  const unit = match?.[2] || 'B';
  const factor = Object.entries(units).find(([name]) => name === unit)?.[1];
  const bytes = match && factor ? Number(match[1]) * factor : Number.NaN;
  if (Number.isInteger(bytes) && bytes >= minBytes && bytes <= maxBytes) return bytes;
  throw new RangeError(
    `a size is a whole number of bytes up to 64 MiB, with B, kB, KiB, MB or MiB, not "${input}". ${advice(match?.[1], unit)}`,
  );
}

/** Bytes exactly, in the largest unit that needs no fraction: `100 B`, `64 KiB`, `1 MB`, `21544 B`. */
export function formatBytes(bytes: number): string {
  const exact = (['MiB', 'MB', 'KiB', 'kB'] as const).find((unit) => bytes % units[unit] === 0);
  return exact && bytes > 0 ? `${bytes / units[exact]} ${exact}` : `${bytes} B`;
}

/** Bytes to two digits, for estimates: `13 kB`. */
export function roundBytes(bytes: number): string {
  const rounded = Number(bytes.toPrecision(2));
  if (rounded < 1e3) return `${rounded} B`;
  return rounded < 1e6 ? `${rounded / 1e3} kB` : `${rounded / 1e6} MB`;
}

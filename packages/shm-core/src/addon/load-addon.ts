/** Finds and loads the addon of a package: one that was built here, or that of a package of binaries. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { messageOf } from '../error-message.js';
import { version } from '../version.js';
import { target } from './target.js';

const require = createRequire(import.meta.url);

export interface AddonSource {
  /** The package that the addon belongs to. */
  readonly owner: string;
  /** Where a build in that package puts the addon. */
  readonly built: URL;
  /**
   * Loads the addon from a package of binaries, by target. The names in the functions are literals, because
   * bundlers follow only literals.
   */
  readonly prebuilt: Readonly<Record<string, () => unknown>>;
}

/** Why there is no addon. */
export interface Lack {
  readonly target: string;
  /** The places that were looked at, and the reason why each has no addon. */
  readonly tried: readonly string[];
  /** The package of binaries for this target, with its version; undefined when none is published. */
  readonly published: string | undefined;
}

/**
 * Loads an addon.
 *
 * A build in the package itself comes first: only a person who wants that build makes one, and no package is
 * published with one. A file that does not load here, or that belongs to another version, is passed over. So a
 * folder that was copied from another machine does no harm.
 */
export function loadAddon<Addon>(source: AddonSource): Addon | Lack {
  const here = target();
  const tried: string[] = [];
  if (isPlatform()) {
    for (const [place, load] of candidates(source, here)) {
      const addon = attempt<Addon>(load);
      if (typeof addon !== 'string') return addon;
      tried.push(`${place}: ${addon}`);
    }
  }
  const published = here in source.prebuilt ? `${source.owner}-${here}@${version}` : undefined;
  return { target: here, tried, published };
}

/** Whether the core can run on this operating system at all. */
export const isPlatform = (): boolean => process.platform === 'linux';

export const isLack = (found: object): found is Lack => 'tried' in found;

function candidates(source: AddonSource, here: string): [place: string, load: () => unknown][] {
  const built = fileURLToPath(source.built);
  const prebuilt = source.prebuilt[here];
  const places: [string, () => unknown][] = [[built, () => loadFile(built)]];
  if (prebuilt) places.push([`the package ${source.owner}-${here}`, prebuilt]);
  return places;
}

const notThere = 'not there';

function loadFile(path: string): unknown {
  // Node's own message for an absent file lists its internal require stack.
  return existsSync(path) ? require(path) : notThere;
}

/** Returns the addon, or the reason why it cannot be used. */
function attempt<Addon>(load: () => unknown): Addon | string {
  try {
    const loaded = load();
    if (typeof loaded === 'string') return loaded;
    const addon = loaded as Addon & { version?: string };
    if (addon.version === version) return addon;
    return `it is of version ${addon.version}, and arena is of version ${version}`;
  } catch (error) {
    const absent = (error as { code?: unknown }).code === 'MODULE_NOT_FOUND';
    return absent ? 'not installed' : firstLine(messageOf(error));
  }
}

const firstLine = (text: string): string => text.split('\n', 1)[0] as string;

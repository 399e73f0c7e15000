/** Records the places in the user's program where leases were taken, for warnings about unreleased leases. */
import { fileURLToPath } from 'node:url';

/** Records the first 16 leases, then one in 256: recording one costs as much as taking several. */
const firstRecorded = 16;
const laterRecorded = 256;
/** Number of frames: enough for arena's own packages and some of the user's. Node's default is 10. */
const recordedFrames = 40;

/** After a lease was forgotten, finding its place is more important than speed. */
let everyLease = false;

/** Records the origin of every lease from now on. */
export function recordEveryLease(): void {
  everyLease = true;
}

export class LeaseOrigins {
  readonly #origins = new Map<number, string>();
  #recorded = 0;
  /** Number of leases until the next recorded one. */
  #untilNext = 1;
  /** The place of the waiting call that takes a lease now. */
  #asked: string | undefined;

  record(id: number): void {
    if (this.#asked !== undefined) {
      this.#origins.set(id, this.#asked);
    } else if (this.#isNextDue()) {
      this.#countOne();
      this.#origins.set(id, placeNow());
    } else {
      this.#untilNext--;
    }
  }

  /**
   * Lets `attempt` record the place of the waiting call. The event loop makes the attempt later, when the
   * user's program is not on the stack.
   */
  askedHere<T>(attempt: () => T): () => T {
    if (!this.#isNextDue()) return attempt;
    // Counted now: what comes may be a small copy, which has no lease to record.
    this.#countOne();
    const place = placeNow();
    return () => {
      this.#asked = place;
      try {
        return attempt();
      } finally {
        this.#asked = undefined;
      }
    };
  }

  /** The recorded places of the leases that are not released. */
  stacks(): Iterable<string> {
    return this.#origins.values();
  }

  /** Ends the record of a lease, and returns its place. */
  forget(id: number): string | undefined {
    const origin = this.#origins.get(id);
    if (origin) this.#origins.delete(id);
    return origin;
  }

  #countOne(): void {
    this.#recorded++;
    this.#untilNext = this.#recorded < firstRecorded ? 1 : laterRecorded;
  }

  #isNextDue(): boolean {
    return this.#untilNext <= 1 || everyLease;
  }
}

/**
 * This is intentional: the text and not the error. The frames of an error keep the objects of their calls
 * from being collected, and so the lease.
 */
function placeNow(): string {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = recordedFrames;
  const { stack = '' } = new Error();
  Error.stackTraceLimit = stackTraceLimit;
  return stack;
}

const ownPackages = [
  'shm-core',
  'transport-pool',
  'transport-ring',
  'payloads',
  'pipeline',
  'video',
];

/**
 * The places of arena's packages: beside this package, which a stack names by a URL or (with source maps)
 * by a path, or elsewhere under their scope.
 */
const beside = new URL('../../', import.meta.url);
const ownFolders = [beside.href, fileURLToPath(beside), '/@arena/'].flatMap((folder) =>
  ownPackages.flatMap((name) => [`${folder}${name}/dist/`, `${folder}${name}/src/`]),
);

const isUsers = (frame: string): boolean =>
  !frame.includes('node:internal') && !ownFolders.some((folder) => frame.includes(folder));

/** The user's frames of a stack. */
export const callers = (stack: string): string =>
  stack.split('\n').slice(1).filter(isUsers).join('\n');

let warned = false;

/** Warns once that the garbage collector has released a lease. */
export function warnOfLeak(origins: LeaseOrigins, id: number): void {
  recordEveryLease();
  const origin = origins.forget(id);
  if (warned) return;
  warned = true;
  const place = origin ? callers(origin) : '';
  const where =
    place ||
    `    (not recorded: the first ${firstRecorded} leases and one in ${laterRecorded} are)`;
  process.emitWarning(
    `A lease was collected instead of released; its memory was taken back late. Call release(), or use \`using\`. It was taken\n${where}`,
    { type: 'ArenaWarning', code: 'ARENA_LEASE_LEAKED' },
  );
}

/** Where in the user's program leases were taken, for warnings about leases that are not released. */
import { fileURLToPath } from 'node:url';

/** Recording a place takes as long as taking several leases: the first 16 are recorded, then one in 256. */
const firstRecorded = 16;
const laterRecorded = 256;
/** Enough for the frames of arena's own packages and some of the user's. Node's default is 10. */
const recordedFrames = 40;

/** Once a lease was forgotten, finding it counts for more than speed. */
let everyLease = false;

/** From now on the origin of every lease is recorded. */
export function recordEveryLease(): void {
  everyLease = true;
}

export class LeaseOrigins {
  readonly #origins = new Map<number, string>();
  #recorded = 0;
  /** How many leases from now the next is recorded. */
  #untilNext = 1;
  /** The place of the waiting call that takes a lease now. */
  #asked: string | undefined;

  record(id: number): void {
    if (!this.#isNextDue()) {
      this.#untilNext--;
      return;
    }
    this.#recorded++;
    this.#untilNext = this.#recorded < firstRecorded ? 1 : laterRecorded;
    this.#origins.set(id, this.#asked ?? placeNow());
  }

  /**
   * Makes `attempt`, for a call that waits, take its lease in the name of the place that waits. The
   * event loop makes the attempt later, and the user's program is not on the stack then.
   */
  askedHere<T>(attempt: () => T): () => T {
    if (!this.#isNextDue()) return attempt;
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

  /** Of the leases that are still out, as far as they were recorded. */
  stacks(): Iterable<string> {
    return this.#origins.values();
  }

  /** Ends the record of a lease and returns what it says. */
  forget(id: number): string | undefined {
    const origin = this.#origins.get(id);
    if (origin) this.#origins.delete(id);
    return origin;
  }

  #isNextDue(): boolean {
    return this.#untilNext <= 1 || everyLease;
  }
}

/**
 * This is intentional: the text and not the error. The error's frames keep what their functions were
 * called on, most of all the lease, from being collected.
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
 * Where arena's packages lie: beside this one, which a stack gives as a URL or, with source maps, as a
 * path; or elsewhere, under their scope.
 */
const beside = new URL('../../', import.meta.url);
const ownFolders = [beside.href, fileURLToPath(beside), '/@arena/'].flatMap((folder) =>
  ownPackages.flatMap((name) => [`${folder}${name}/dist/`, `${folder}${name}/src/`]),
);

const isUsers = (frame: string): boolean =>
  !frame.includes('node:internal') && !ownFolders.some((folder) => frame.includes(folder));

/** The frames of a stack that are the user's. */
export const callers = (stack: string): string =>
  stack.split('\n').slice(1).filter(isUsers).join('\n');

let warned = false;

/** Tells once that a lease was left to the garbage collector. */
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

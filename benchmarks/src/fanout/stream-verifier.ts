import type { IncomingRecord } from './record.js';

/** Number of problems that are described. Further problems are only counted. */
const maxToldProblems = 5;

/** The findings of a reader in its stream. */
export interface StreamReport {
  readonly read: number;
  /** By writer: the sequence after the last one that was read. */
  readonly next: readonly number[];
  /** A digest of the order of all records. Readers that read the same have the same digest. */
  readonly orderDigest: number;
  readonly problems: readonly string[];
  readonly problemCount: number;
}

/** Follows one reader's stream and finds records that are missing, repeated, out of order or damaged. */
export class StreamVerifier {
  readonly #next: number[];
  readonly #problems: string[] = [];
  #problemCount = 0;
  #read = 0;
  #orderDigest = 0;

  /** @param mayLose Gaps are no problem: an overwriting writer may pass this reader. */
  constructor(
    writers: number,
    private readonly mayLose: boolean,
  ) {
    this.#next = new Array<number>(writers).fill(0);
  }

  accept({ sequence, writer, intact }: IncomingRecord): void {
    this.#read += 1;
    const expected = this.#next[writer];
    if (!intact || expected === undefined) {
      this.#tell(`damaged: record ${this.#read} says writer ${writer}, sequence ${sequence}`);
      return;
    }
    if (sequence < expected) this.#tell(this.#outOfOrder(writer, sequence, expected));
    else {
      if (sequence > expected && !this.mayLose) {
        this.#tell(
          `missing: ${sequence - expected} records of writer ${writer} from ${expected} on`,
        );
      }
      this.#next[writer] = sequence + 1;
    }
    this.#orderDigest = (Math.imul(this.#orderDigest ^ (writer + 1), 0x01000193) + sequence) | 0;
  }

  report(): StreamReport {
    return {
      read: this.#read,
      next: this.#next,
      orderDigest: this.#orderDigest,
      problems: this.#problems,
      problemCount: this.#problemCount,
    };
  }

  #outOfOrder(writer: number, sequence: number, expected: number): string {
    const what = sequence === expected - 1 ? 'repeated' : 'out of order';
    return `${what}: writer ${writer}, sequence ${sequence} after ${expected - 1}`;
  }

  #tell(problem: string) {
    this.#problemCount += 1;
    if (this.#problems.length < maxToldProblems) this.#problems.push(problem);
  }
}

/** The encoder's place in an item. Errors name it. */
import { ArenaError } from '@arena/shm-core';

/** The kinds of steps from a container to a value in it. */
export const stepKind = { property: 0, mapKey: 1, mapValue: 2, setMember: 3, meta: 4 } as const;
export type StepKind = (typeof stepKind)[keyof typeof stepKind];

const identifier = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;
const shownSteps = 8;

/**
 * The steps from the root to the value that is being encoded.
 *
 * This is intentional: a step stores two array elements and builds no text. Every value of every item
 * takes a step; only an error needs the text.
 */
export class ItemPath {
  readonly #kinds: StepKind[] = [];
  readonly #steps: (string | number)[] = [];
  #depth = 0;

  get depth(): number {
    return this.#depth;
  }

  /** Enters a container whose values are reached by steps of `kind`. */
  enter(kind: StepKind): void {
    this.#kinds[this.#depth++] = kind;
  }

  leave(): void {
    this.#depth--;
  }

  /** Sets the name of the next value. */
  step(kind: StepKind, step: string | number): void {
    this.#kinds[this.#depth - 1] = kind;
    this.#steps[this.#depth - 1] = step;
  }

  /** Sets the next property or index. */
  property(step: string | number): void {
    this.#steps[this.#depth - 1] = step;
  }

  reset(): void {
    this.#depth = 0;
  }

  /** A JavaScript expression over `item`. The middle of a very long path is left out. */
  toString(): string {
    const parts: string[] = [];
    for (let i = 0; i < this.#depth; i++) {
      if (this.#depth > 2 * shownSteps && i >= shownSteps && i < this.#depth - shownSteps) {
        if (i === shownSteps) parts.push('...');
        continue;
      }
      parts.push(describeStep(this.#kinds[i] as StepKind, this.#steps[i] as string | number));
    }
    return `item${parts.join('')}`;
  }

  /** The error for the value at this path. `what` completes "item.x is ...". */
  unsendable(what: string, remedy: string, cause?: unknown): ArenaError {
    const path = this.toString();
    const error = new ArenaError('ERR_ARENA_UNSENDABLE', `${path} is ${what}. ${remedy}`, { path });
    if (cause !== undefined) error.cause = cause;
    return error;
  }
}

function describeStep(kind: StepKind, step: string | number): string {
  switch (kind) {
    case stepKind.mapKey:
      return `.keys()[${step}]`;
    case stepKind.mapValue:
      return typeof step === 'string' ? `.get(${JSON.stringify(step)})` : `.values()[${step}]`;
    case stepKind.setMember:
      return `.values()[${step}]`;
    case stepKind.meta:
      return `<as described by the codec ${step}>`;
    default:
      if (typeof step === 'number') return `[${step}]`;
      return identifier.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
  }
}

/** The endpoints, open units and leases of one run, beside the model that they must agree with. */
import type { Arena, Lease, OpenUnit, Reader, Writer } from '@arena/shm-core';
import { Model, ModelReader, type Place } from './model.js';
import { expectBytes, type UnitContent } from './unit-content.js';

/** The member of a ring's reader that lends a record. */
export interface Loan {
  readonly bytes: Uint8Array;
  readonly envelope: Uint8Array;
  readonly overtaken: boolean;
  release(): void;
}

export interface AnyReader extends Reader {
  readonly lag?: number;
  readonly lost?: number;
  syncToNewest?(): void;
  tryBorrow?(): Loan | null;
  borrow?(options?: object): Promise<Loan | null>;
}

export interface ReaderInRun {
  readonly reader: AnyReader;
  readonly model: ModelReader;
  lost: number;
  loan: LoanInRun | undefined;
}

export interface LoanInRun {
  readonly loan: Loan;
  readonly content: UnitContent;
}

export interface OpenInRun {
  readonly unit: OpenUnit;
  readonly writer: Writer;
  readonly content: UnitContent;
  /** Undefined for a unit that gets its place when it is committed. */
  readonly place: Place | undefined;
  readonly holds: (() => void)[];
}

export interface LeaseInRun {
  readonly lease: Lease;
  readonly content: UnitContent;
  readonly holds: (() => void)[];
}

export interface Traits {
  readonly overwrites: boolean;
  /** A unit with bytes that is filled in place gets its place when it is committed. */
  readonly placedAtCommit: boolean;
  /** Calls of writers take the option `copy`. */
  readonly choosesCopies: boolean;
  /** A writer waits for room, where it is not told otherwise. */
  readonly waitsForRoom: boolean;
  /** The number of units of `maxUnitBytes` that an empty arena takes. */
  readonly largestUnits: number;
}

export class World {
  readonly model: Model;
  readonly writers: Writer[] = [];
  readonly readers: ReaderInRun[] = [];
  readonly open: OpenInRun[] = [];
  readonly leases: LeaseInRun[] = [];
  /** Their envelopes are private copies, and stay. */
  readonly endedLoans: LoanInRun[] = [];

  /** @param arenas The one that was created, and one that has attached to it. */
  constructor(
    readonly arenas: readonly [Arena, Arena],
    broadcast: boolean,
    readonly traits: Traits,
  ) {
    this.model = new Model(broadcast);
    this.writers.push(arenas[0].writer());
    for (const arena of arenas) this.addReader(arena.reader(), 0);
  }

  get maxUnitBytes(): number {
    return this.arenas[0].maxUnitBytes;
  }

  get writtenUnits(): number {
    return this.arenas[0].stats().writtenUnits;
  }

  arena(number: number): Arena {
    return this.arenas[number % 2 === 0 ? 0 : 1];
  }

  writer(number: number): Writer {
    return chosen(this.writers, number) as Writer;
  }

  reader(number: number): ReaderInRun {
    return chosen(this.readers, number) as ReaderInRun;
  }

  /** @param position Where it starts, if the model can know that. */
  addReader(reader: Reader, position?: number): void {
    const model = new ModelReader(this.model, position);
    this.readers.push({ reader, model, lost: 0, loan: undefined });
  }

  keepLease(lease: Lease, content: UnitContent): void {
    this.leases.push({ lease, content, holds: [] });
  }

  /** Throws when a lease or a loan shows other bytes than its unit has. */
  check(): void {
    for (const { lease, content } of this.leases) expectUnit('a kept lease', lease, content);
    for (const one of this.readers) this.#checkReader(one);
  }

  #checkReader({ reader, model, loan, lost }: ReaderInRun): void {
    if (loan !== undefined) checkLoan(loan);
    if (reader.lost !== undefined && reader.lost < lost) {
      throw new Error(`lost is ${reader.lost}, and ${lost} units were reported as lost`);
    }
    if (reader.lag === undefined || !model.isKnown || this.traits.overwrites) return;
    if (reader.lag !== model.unread) {
      throw new Error(`lag is ${reader.lag}, and ${model.unread} units are unread`);
    }
  }
}

export function expectUnit(
  what: string,
  { bytes, envelope }: { readonly bytes: Uint8Array; readonly envelope: Uint8Array },
  content: UnitContent,
): void {
  expectBytes(`${what}, unit ${content.number},`, bytes, content.bytes);
  expectBytes(`the envelope of ${what}, unit ${content.number},`, envelope, content.envelope);
}

/** An overtaken loan may show anything. Ask last: only then is the answer final. */
function checkLoan({ loan, content }: LoanInRun): void {
  try {
    expectBytes(`a loan, unit ${content.number},`, loan.bytes, content.bytes);
  } catch (error) {
    if (!loan.overtaken) throw error;
  }
}

/** The element that a random number chooses. */
export const chosen = <T>(list: readonly T[], number: number): T | undefined =>
  list[number % list.length];

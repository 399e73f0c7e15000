import { native } from './native.js';

/** A named arena of this user on this machine. */
export interface NamedArena {
  readonly name: string;
  /** Bytes of shared memory that the arena takes. */
  readonly byteLength: number;
  /** 0 when the file holds no arena. */
  readonly creatorPid: number;
  readonly creatorAlive: boolean;
  /** True while any process has it open. */
  readonly attached: boolean;
  /** False when another version of arena made it, or when the file holds no arena. */
  readonly compatible: boolean;
}

/** The named arenas of this user, in use or left behind. */
export const listNamedArenas = (): NamedArena[] => native.listNamed();

/**
 * Removes named arenas whose creator is dead and which no process has open. Returns their names. Files
 * that hold no arena stay.
 */
export const sweepStaleArenas = (): string[] => native.sweepNamed();

/** Bytes that an arena can take now without using up the memory of the machine. */
export const availableMemory = (): number => native.availableMemory();

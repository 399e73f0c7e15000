import type { Attachment } from './attachment.js';
import { StaysHere } from './stays-here.js';

/** The parts that an arena gives to a new writer or reader. */
export interface EndpointParts<Native> {
  readonly attachment: Attachment;
  readonly native: Native;
  /** The endpoint calls this once it has closed. */
  onClose(endpoint: object): void;
}

/** Of writers and readers. */
export const staysHere = new StaysHere(
  'a writer or reader',
  'Send the handle of its arena (arena.handle), attach by that, and open one there',
);

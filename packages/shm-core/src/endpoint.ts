import type { Attachment } from './attachment.js';

/** The parts that an arena gives to a new writer or reader. */
export interface EndpointParts<Native> {
  readonly attachment: Attachment;
  readonly native: Native;
  /** The endpoint calls this once it has closed. */
  onClose(endpoint: object): void;
}

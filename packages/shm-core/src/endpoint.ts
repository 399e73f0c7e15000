import type { Attachment } from './attachment.js';

/** What a writer or reader gets from the arena that opens it. */
export interface EndpointParts<Native> {
  readonly attachment: Attachment;
  readonly native: Native;
  /** To be called once it has closed. */
  onClose(endpoint: object): void;
}

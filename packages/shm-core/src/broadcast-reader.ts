import type { NativeBroadcastReader } from './native.js';
import { ArenaReader } from './reader.js';

/** A reader that has a position of its own, and sees every unit: of a ring, or of a pool with fan-out. */
export class BroadcastReader extends ArenaReader {
  declare protected readonly native: NativeBroadcastReader;

  get lag(): number {
    return this.closed ? 0 : this.native.lag();
  }

  syncToNewest(): void {
    this.startReading();
    this.native.syncToNewest();
  }
}

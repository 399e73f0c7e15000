import { BaseArena, type NativeCreateOptions, type UnitLimits } from '@arena/shm-core';

/** A small pool; the transports' own classes are no dependency of this package. */
const smallPool: NativeCreateOptions = {
  kind: 1,
  whenFull: 1,
  capacity: 65536,
  granuleShift: 6,
  cellCount: 64,
  peerCount: 8,
  segmentCount: 4,
  segmentSize: 4096,
  envelopeBytes: 1024,
  broadcast: 0,
  writers: 0,
  slotBytes: 0,
  unitTimeoutMs: 0,
  populate: true,
};

export const kindPool = 1;
export const kindRing = 2;

/** An arena without a transport. */
export class PlainArena extends BaseArena {
  readonly kind = 'pool';
  readonly maxUnitBytes = 4096;

  static create(options: Partial<NativeCreateOptions> = {}): PlainArena {
    return new PlainArena({ ...smallPool, ...options });
  }

  static attach(handle: string, expectKind = kindPool): PlainArena {
    return new PlainArena({ handle, expectKind, populate: true });
  }

  protected roomOption(): string {
    return 'queueBytes';
  }

  protected unitLimits(): UnitLimits {
    return {
      waits: true,
      shortage: () => ({ fact: 'need more', remedy: 'Raise segmentCount.', freeBytes: 0 }),
      excess: () => ({ fact: 'are more', remedy: 'Send less.', maxBytes: this.maxUnitBytes }),
      copyThreshold: 0,
      maxInlineBytes: 0,
    };
  }
}

import { Attachment, type NativeCreateOptions } from '@arena/shm-core/internal';
import { describe, expect, it } from 'vitest';

/** A small pool, as the core is asked for it. */
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

describe('an arena that no memory could be', () => {
  it.each([
    ['capacity', { capacity: 100 }],
    ['cell_count', { cellCount: 0 }],
    ['peer_count', { peerCount: 1000 }],
    ['segment_size', { segmentSize: 0 }],
  ])('is refused by its %s', (field, options) => {
    expect(() => Attachment.create({ ...smallPool, ...options })).toThrow(
      expect.objectContaining({
        code: 'ERR_ARENA_INVALID_ARGUMENT',
        message: expect.stringContaining(field),
      }),
    );
  });
});

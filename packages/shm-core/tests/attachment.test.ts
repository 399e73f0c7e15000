import { Attachment, constants, type NativeRingPlan } from '@arena/shm-core/internal';
import { describe, expect, it } from 'vitest';

/** A small ring, as the core is asked for it. */
const ring: NativeRingPlan = {
  kind: constants.kind.ring,
  whenFull: constants.whenFull.throw,
  capacity: 65536,
  slots: undefined,
  slotBytes: undefined,
  maxRecords: undefined,
  peers: undefined,
  unitTimeoutMs: undefined,
  writers: 0,
  populate: true,
  name: undefined,
};

describe('an arena that no memory could be', () => {
  it.each([
    ['capacity', { capacity: 2 * constants.limits.maxCapacity }],
    ['cell_count', { maxRecords: 2 ** 30 }],
    ['peer_count', { peers: 1000 }],
    ['when_full', { whenFull: 3 }],
  ])('is refused by its %s', (field, options) => {
    expect(() => Attachment.create({ ...ring, ...options })).toThrow(
      expect.objectContaining({
        code: 'ERR_ARENA_INVALID_ARGUMENT',
        message: expect.stringContaining(field),
      }),
    );
  });
});

/** The options of the fan-out benchmark. */

export const fanoutTransports = ['ring', 'pool'] as const;
export const whenFulls = ['throw', 'wait', 'overwrite'] as const;

/** The options of a run. A record fills a slot. */
export interface FanoutConfig {
  readonly transport: (typeof fanoutTransports)[number];
  readonly whenFull: (typeof whenFulls)[number];
  readonly readers: number;
  readonly writers: number;
  readonly slots: number;
  readonly slotBytes: number;
  readonly durationSeconds: number;
  /** Rate of all writers together; 0 is as fast as possible. */
  readonly writesPerSecond: number;
  /** Records that a writer writes, and a reader takes, with one call. */
  readonly batch: number;
  /** Time for which each reader computes after each record. */
  readonly readerBurnCpuMilliseconds: number;
  /** Readers copy each record into memory of their own. Otherwise they look at it in place. */
  readonly readerCopies: boolean;
  /** Each record carries a checksum. Its writer makes it, and every reader checks it. */
  readonly verifyWrites: boolean;
}

/** A run and its additional options. */
export interface FanoutPlan {
  readonly config: FanoutConfig;
  /** Repeats the run on the ring with a lock. */
  readonly compareLocked: boolean;
  /** Prints the activity of each process. */
  readonly debug: boolean;
}

const defaultSlotBytes = 1_000_000;

/**
 * Number of slots that takes 10 MB. With fewer small slots, writers and readers would wait for each other all
 * the time.
 */
export const defaultSlots = (slotBytes: number): number =>
  Math.min(1000, Math.max(10, Math.ceil(10_000_000 / slotBytes)));

export const defaultConfig: FanoutConfig = {
  transport: 'ring',
  whenFull: 'wait',
  readers: 1,
  writers: 1,
  slots: defaultSlots(defaultSlotBytes),
  slotBytes: defaultSlotBytes,
  durationSeconds: 5,
  writesPerSecond: 0,
  batch: 1,
  readerBurnCpuMilliseconds: 0,
  readerCopies: false,
  verifyWrites: true,
};

/** Bytes of the sequence, the writer and the checksum of a record. */
export const minRecordBytes = 16;

/** Copying a record above this takes so long that more payloads would only take memory. */
const largeRecordBytes = 16_000_000;

/** Different payloads that a writer rotates through, so that no cache holds what it copies. */
export const payloadsOf = (slotBytes: number): number => (slotBytes > largeRecordBytes ? 2 : 4);

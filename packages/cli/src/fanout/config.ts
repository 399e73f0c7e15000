import { availableMemory } from '@arena/shm-core';
import { minRecordBytes } from './record.js';

export const fanoutTransports = ['ring', 'pool'] as const;
export const whenFulls = ['throw', 'wait', 'overwrite'] as const;

/** What a run is asked for. A record fills a slot. */
export interface FanoutConfig {
  readonly transport: (typeof fanoutTransports)[number];
  readonly whenFull: (typeof whenFulls)[number];
  readonly readers: number;
  readonly writers: number;
  readonly slots: number;
  readonly slotBytes: number;
  readonly durationSeconds: number;
  /** All writers together; 0 is as fast as it goes. */
  readonly writesPerSecond: number;
  /** Records that a writer hands over, and a reader takes, with one call. */
  readonly batch: number;
  /** What each reader computes after each record. */
  readonly readerBurnCpuMilliseconds: number;
  /** Readers copy each record into memory of their own; otherwise they look at it where it lies. */
  readonly readerCopies: boolean;
  /** Each record carries a checksum, which its writer makes and every reader checks. */
  readonly verifyWrites: boolean;
}

export const defaultConfig: FanoutConfig = {
  transport: 'ring',
  whenFull: 'wait',
  readers: 1,
  writers: 1,
  slots: 10,
  slotBytes: 1_000_000,
  durationSeconds: 5,
  writesPerSecond: 0,
  batch: 1,
  readerBurnCpuMilliseconds: 0,
  readerCopies: false,
  verifyWrites: true,
};

/** Places in an arena for writers and readers together. */
const maxPeers = 256;

const bytesOf = ({ slots, slotBytes, writers }: FanoutConfig) =>
  slotBytes * (slots + writers * payloadsOf(slotBytes));

/** Records above this take so long to copy that more of them would only take memory. */
const largeRecordBytes = 16_000_000;

/** Different payloads that a writer rotates through, so that no cache holds what it copies. */
export const payloadsOf = (slotBytes: number): number => (slotBytes > largeRecordBytes ? 2 : 4);

function checkPool({ transport, whenFull, batch }: FanoutConfig) {
  if (transport !== 'pool') return;
  if (whenFull === 'overwrite') {
    throw new RangeError(
      'a pool overwrites nothing: its readers hold what they read. Use --when-full wait or throw, or --transport ring.',
    );
  }
  if (batch > 1) {
    throw new RangeError(
      `--batch ${batch} is for rings: a pool hands over one segment at a time. Use --transport ring.`,
    );
  }
}

function checkSizes({ readers, writers, slots, slotBytes, batch }: FanoutConfig) {
  if (slotBytes < minRecordBytes) {
    throw new RangeError(
      `--slot-bytes ${slotBytes} is too small: sequence, writer and checksum take ${minRecordBytes}.`,
    );
  }
  if (readers + writers > maxPeers) {
    throw new RangeError(
      `${readers} readers and ${writers} writers are too many: an arena has ${maxPeers} places.`,
    );
  }
  if (batch > slots) {
    throw new RangeError(`--batch ${batch} exceeds --slots ${slots}: a batch has to fit at once.`);
  }
}

/**
 * Makes sure that a run can take place at all.
 *
 * @throws {RangeError} It cannot, whatever the machine does.
 */
export function checkConfig(config: FanoutConfig, compareLocked: boolean): void {
  checkSizes(config);
  checkPool(config);
  if (!(config.durationSeconds > 0)) throw new RangeError('--duration-seconds must be above 0.');
  if (compareLocked && config.whenFull === 'overwrite') {
    throw new RangeError('the locked ring overwrites nobody. Leave out --compare-locked.');
  }
  const needed = bytesOf(config);
  const available = availableMemory();
  if (needed > available) {
    throw new RangeError(
      `the slots and what is written into them need ${needed} bytes, this machine has ${available} to spare. Lower --slots or --slot-bytes.`,
    );
  }
}

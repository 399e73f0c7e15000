import { availableMemory } from '@arena/shm-core';
import { type FanoutConfig, type FanoutPlan, minRecordBytes, payloadsOf } from './config.js';

/** Places in an arena for writers and readers together. */
const maxPeers = 256;

const bytesOf = ({ slots, slotBytes, writers }: FanoutConfig) =>
  slotBytes * (slots + writers * payloadsOf(slotBytes));

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
export function check({ config, compareLocked }: FanoutPlan): void {
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

import { describeHost } from '../kit/host.js';
import type { FanoutResult } from './result.js';

const several = (count: number, one: string) => `${count} ${one}${count === 1 ? '' : 's'}`;

const bytes = (count: number) =>
  count >= 1e6 ? `${count / 1e6} MB` : count >= 1e3 ? `${count / 1e3} kB` : `${count} bytes`;

const rate = ({ writesPerSecond, targetWritesPerSecond }: FanoutResult) =>
  targetWritesPerSecond === 0
    ? `${writesPerSecond.toFixed(0)} writes/s, as fast as it goes`
    : `${writesPerSecond.toFixed(1)} of ${targetWritesPerSecond} writes/s`;

function hindrances({ writers, readers }: FanoutResult): string {
  const waits = writers.reduce((sum, writer) => sum + writer.waits, 0);
  const full = writers.reduce((sum, writer) => sum + writer.full, 0);
  const lost = readers.reduce((sum, reader) => sum + reader.lost, 0);
  return `${several(waits, 'wait')}, ${full} given up, ${lost} lost`;
}

const manner = ({
  config: { whenFull, batch, readerCopies },
  lockedMbPerSecondOut,
  verified,
}: FanoutResult): string =>
  [
    `when full: ${whenFull}`,
    ...(batch > 1 ? [`batches of ${batch}`] : []),
    readerCopies ? 'readers copy' : 'read in place',
    ...(lockedMbPerSecondOut === null
      ? []
      : [`a ring with a lock: ${lockedMbPerSecondOut.toFixed(0)} MB/s out`]),
    verified === false ? 'VERIFICATION FAILED' : `verified: ${verified}`,
  ].join('; ');

/** What was run, and what came out in sum. */
export function plotTitle(result: FanoutResult): { text: string; subtitle: string[] } {
  const { config, writers, readers, mbPerSecondIn, mbPerSecondOut } = result;
  return {
    text: `${several(writers.length, 'writer')}, ${several(readers.length, 'reader')}: ${config.transport} of ${config.slots} × ${bytes(config.slotBytes)}`,
    subtitle: [
      `${rate(result)}; ${mbPerSecondIn.toFixed(0)} MB/s in, ${mbPerSecondOut.toFixed(0)} MB/s out; ${hindrances(result)}`,
      manner(result),
      describeHost(result.host),
    ],
  };
}

import type { Progress } from '../kit/progress.js';
import type { Transport } from './transports.js';
import { zeroMqMissing } from './zeromq-link.js';

/** The transports that can be measured here, each once; `progress` is told why others cannot. */
export async function availableTransports<T extends Transport>(
  transports: readonly T[],
  progress: Progress,
): Promise<T[]> {
  const wanted = [...new Set(transports)];
  const missing = wanted.some((name) => name === 'zeromq') ? await zeroMqMissing() : undefined;
  if (missing === undefined) return wanted;
  progress.skip('zeromq', missing);
  return wanted.filter((name) => name !== 'zeromq');
}

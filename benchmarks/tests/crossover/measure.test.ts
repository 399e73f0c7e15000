import { expect, it } from 'vitest';
import type { Cell } from '../../dist/crossover/config.js';
import { measureThroughput } from '../../dist/crossover/measure.js';

it('throughput is measured again with more messages, when all messages of a pass came at once', async () => {
  const receipts = [
    { messages: 0, seconds: 0 }, // the first ones, which are verified
    { messages: 10, seconds: 1 }, // enough to know how many a pass needs
    { messages: 0, seconds: 1e-6 },
    { messages: 100, seconds: 0 },
    { messages: 100, seconds: 2 },
  ];
  const counts: number[] = [];
  const end = {
    receive: async (count: number) => {
      counts.push(count);
      return receipts.shift();
    },
  };
  const cell: Partial<Cell> = { sizeBytes: 1000, durationSec: 1e-9 };
  const partner = { call: async () => 0 };
  const { perSecond } = await measureThroughput(cell as never, partner as never, end as never);
  expect(perSecond).toBe(50);
  expect(counts.slice(2)).toEqual([8, 16, 32]);
});

import { ItemWriter } from '@arena/payloads';
import { failureOf } from '@arena/testkit';
import { SegmentPool } from '@arena/transport-pool';
import { afterEach, describe, expect, it } from 'vitest';

const sizes = { segmentSize: 65536, segmentCount: 2, queueBytes: 65536 };
const text = (length: number) => 'x'.repeat(length);

describe('a pool that refuses an item', () => {
  const pools: SegmentPool[] = [];
  afterEach(() => {
    for (const pool of pools.splice(0)) pool.close();
  });

  const open = (options: Partial<typeof sizes> = {}) => {
    const pool = SegmentPool.create({ ...sizes, ...options });
    pools.push(pool);
    pool.reader();
    return pool.writer();
  };

  it('takes an item whose envelope is as small as the error demands', () => {
    const item = { frame: new Uint8Array(50000), caption: text(3000) };
    const write = (maxEnvelopeBytes: number) =>
      new ItemWriter(open(), { maxEnvelopeBytes }).writeSync(item);
    const { code, message } = failureOf(() => write(4096));
    expect(code).toBe('ERR_ARENA_UNIT_TOO_LARGE');
    expect(message).toContain('at most 1024 bytes');
    expect(message).toContain('or items with a smaller maxEnvelopeBytes.');
    write(1024);
  });

  it.each([
    ['of one long text', text(100_000), 1, 'segmentSize'],
    ['of many bytes', new Uint8Array(100_000), 1, 'segmentSize'],
    ['while its segments are full', new Uint8Array(50_000), 3, 'segmentCount'],
    ['while its queue is full', text(30_000), 3, 'queueBytes'],
  ] as const)('%s names the option that helps', (_, item, count, option) => {
    const write = (options: Partial<typeof sizes>) => {
      const writer = new ItemWriter(open(options));
      for (let written = 0; written < count; written++) writer.writeSync(item, { timeoutMs: 0 });
    };
    const { message } = failureOf(() => write({}));
    expect(message.match(/(?:Raise|larger) (\w+)/)?.[1]).toBe(option);
    write({ [option]: 2 * sizes[option] });
  });
});

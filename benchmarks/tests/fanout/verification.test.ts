import { describe, expect, it } from 'vitest';
import { judge } from '../../dist/fanout/judge.js';
import { OutgoingRecord, readRecord } from '../../dist/fanout/record.js';
import { StreamVerifier } from '../../dist/fanout/stream-verifier.js';

const stamped = (byteLength: number, writer: number, sequence: number, checksummed = true) => {
  const record = new OutgoingRecord(new Uint8Array(byteLength).fill(9), writer, checksummed);
  record.stamp(sequence);
  return record.bytes;
};

describe('a record', () => {
  it.each([16, 17, 100, 1000, 100_003])(
    'of %i bytes says who wrote it, as which, intact',
    (size) => {
      for (const sequence of [0, 1, 2 ** 32 + 5]) {
        expect(readRecord(stamped(size, 7, sequence), true)).toEqual({
          sequence,
          writer: 7,
          intact: true,
        });
      }
    },
  );

  it('is not intact when any byte of it was changed', () => {
    const bytes = stamped(40, 3, 12);
    for (let at = 0; at < bytes.byteLength; at += 1) {
      bytes[at] = (bytes[at] ?? 0) ^ 0x10;
      expect(readRecord(bytes, true).intact).toBe(false);
      bytes[at] = (bytes[at] ?? 0) ^ 0x10;
    }
    expect(readRecord(bytes, true).intact).toBe(true);
  });

  it('keeps sequence and writer without a checksum', () => {
    const bytes = stamped(20, 1, 99, false);
    expect(readRecord(bytes, false)).toEqual({ sequence: 99, writer: 1, intact: true });
    expect(readRecord(bytes, true).intact).toBe(false);
  });
});

type Seen = readonly [writer: number, sequence: number, intact?: boolean];

const follow = (seen: readonly Seen[], mayLose = false) => {
  const verifier = new StreamVerifier(2, mayLose);
  for (const [writer, sequence, intact = true] of seen)
    verifier.accept({ writer, sequence, intact });
  return verifier.report();
};

describe('StreamVerifier', () => {
  it('finds nothing in a stream that is whole', () => {
    const report = follow([
      [0, 0],
      [1, 0],
      [0, 1],
      [1, 1],
      [1, 2],
    ]);
    expect(report).toMatchObject({ read: 5, next: [2, 3], problems: [], problemCount: 0 });
  });

  it.each<[string, Seen[], string]>([
    [
      'missing',
      [
        [0, 0],
        [0, 3],
      ],
      'missing: 2 records of writer 0 from 1 on',
    ],
    ['missing at the start', [[1, 1]], 'missing: 1 records of writer 1 from 0 on'],
    [
      'repeated',
      [
        [0, 0],
        [0, 1],
        [0, 1],
      ],
      'repeated: writer 0, sequence 1 after 1',
    ],
    [
      'out of order',
      [
        [0, 0],
        [0, 1],
        [0, 2],
        [0, 1],
      ],
      'out of order: writer 0, sequence 1 after 2',
    ],
    [
      'damaged',
      [
        [0, 0],
        [0, 1, false],
      ],
      'damaged: record 2 says writer 0, sequence 1',
    ],
    ['from nobody', [[5, 0]], 'damaged: record 1 says writer 5, sequence 0'],
  ])('reports records that are %s', (_, seen, problem) => {
    expect(follow(seen).problems[0]).toBe(problem);
  });

  it('allows gaps where a writer may overwrite, and nothing else', () => {
    expect(
      follow(
        [
          [0, 4],
          [0, 9],
        ],
        true,
      ).problems,
    ).toEqual([]);
    expect(
      follow(
        [
          [0, 4],
          [0, 2],
        ],
        true,
      ).problems,
    ).toEqual(['out of order: writer 0, sequence 2 after 4']);
  });

  it('counts the problems that it does not describe', () => {
    const report = follow(Array.from({ length: 12 }, () => [0, 0, false] as const));
    expect(report.problems).toHaveLength(5);
    expect(report.problemCount).toBe(12);
  });

  it('has another digest for another order over the writers', () => {
    const one = follow([
      [0, 0],
      [1, 0],
      [0, 1],
    ]);
    expect(
      follow([
        [0, 0],
        [1, 0],
        [0, 1],
      ]).orderDigest,
    ).toBe(one.orderDigest);
    expect(
      follow([
        [1, 0],
        [0, 0],
        [0, 1],
      ]).orderDigest,
    ).not.toBe(one.orderDigest);
  });
});

describe('judge', () => {
  const whole: Seen[] = [
    [0, 0],
    [1, 0],
    [0, 1],
  ];
  const reader = (pid: number, seen: readonly Seen[], lost = 0) => ({
    pid,
    lost,
    stream: follow(seen, lost > 0),
  });

  it('finds nothing when every reader read everything in one order', () => {
    expect(judge([reader(1, whole), reader(2, whole)], [2, 1], false)).toEqual([]);
  });

  it('finds unread records at the end of the stream', () => {
    expect(judge([reader(1, whole.slice(0, 2))], [2, 1], false)).toEqual([
      'reader 1: read 2 and was told of 0 lost, 3 were written',
      'reader 1: ended at 1 of writer 0, which wrote 2',
    ]);
  });

  it('finds readers that saw different orders', () => {
    const other: Seen[] = [
      [1, 0],
      [0, 0],
      [0, 1],
    ];
    expect(judge([reader(1, whole), reader(2, other)], [2, 1], false)).toEqual([
      'readers 1 and 2 saw the records in different orders',
    ]);
  });

  it('accepts losses that were told to a reader when a writer overwrites, to the last record', () => {
    expect(judge([reader(1, [[0, 1]], 2), reader(2, whole)], [2, 1], true)).toEqual([]);
    expect(judge([reader(1, [[0, 1]], 1)], [2, 1], true)).toEqual([
      'reader 1: read 1 and was told of 1 lost, 3 were written',
    ]);
  });

  it('accepts no loss when nothing is overwritten', () => {
    expect(judge([reader(1, [[0, 1]], 2)], [2, 1], false)).toContain(
      'reader 1: lost 2 where nothing is overwritten',
    );
  });
});

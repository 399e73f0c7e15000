import { describe, expect, it } from 'vitest';
import type { Member } from '../storm/crew.js';
import { judge } from '../storm/judge.js';
import { judgeCounts } from '../storm/judge-counts.js';
import type { Shape } from '../storm/shapes.js';

const shape = (given: Partial<Shape> = {}): Shape => ({
  ...{ name: 'ring', broadcast: true, lossy: false, hardened: false },
  ...{ maxUnitBytes: 100, maxTailBytes: 0, leasesEach: 0 },
  ...given,
});
const pool = shape({ name: 'pool', broadcast: false });
const overwriting = shape({ name: 'overwriting ring', lossy: true });

let ids = 10;
const member = (role: Member['role'], ledger: object, more: object = {}) => {
  const empty = { committed: 0, begun: 0, seen: [], bytes: 0, told: 0, lost: 0, ended: true };
  const id = ids++;
  const child = { exitCode: 0, signalCode: null };
  return {
    ...{ role, id, pid: 1000 + id, child, killed: false, left: false },
    ...{ ledger: { ...empty, ...ledger } },
    ...more,
  } as unknown as Member;
};

const bytesEach = 7;
const writer = (id: number, units: number, more: object = {}) =>
  member('writer', { committed: units, begun: units, bytes: units * bytesEach }, { id, ...more });

/** Units as `writer:sequence`; `-` is a gap. */
const reader = (units: string, ledger: object = {}, more: object = {}) => {
  const seen = units.split(' ').map((unit) => {
    const [writer, sequence] = unit.split(':').map(Number);
    return unit === '-' ? null : { writer, sequence };
  });
  const bytes = seen.filter((unit) => unit !== null).length * bytesEach;
  return member('reader', { seen, bytes, ...ledger }, more);
};

const crew = (...readers: Member[]) => [writer(1, 3), writer(2, 2), ...readers];
const whole = '1:0 2:0 1:1 1:2 2:1';

describe('the judge of a storm', () => {
  it.each([
    ['whole streams', shape(), crew(reader(whole), reader('1:1 1:2 2:1')), []],
    ['a shared stream', pool, crew(reader('1:0 1:1 2:1'), reader('2:0 1:2')), []],
    ['streams with gaps', overwriting, crew(reader('1:0 - 1:2 2:1'), reader('2:0 1:1 - 2:1')), []],
    ['a missing unit', shape(), crew(reader('1:0 2:0 1:1 2:1')), [/missed 1 .*1:2/]],
    [
      'a missing unit of a later reader',
      shape(),
      crew(reader(whole), reader('2:0 1:2 2:1')),
      [/saw 1:2 after 2:0, another one 1:1/],
    ],
    ['a repeated unit', shape(), crew(reader('1:0 2:0 1:1 1:1 1:2 2:1')), [/saw 1:1 after 1:1/]],
    ['a unit of two readers', pool, crew(reader(whole), reader('1:0')), [/1:0 was seen twice/]],
    ['a unit of no reader', pool, crew(reader('1:0 2:0 1:1 2:1')), [/1 committed .*1:2/]],
    ['a unit out of turn', shape(), crew(reader('1:0 2:0 1:2 1:1 2:1')), [/saw 1:2 after 1:0/]],
    [
      'two orders',
      overwriting,
      crew(reader('1:0 - 2:0 - 2:1'), reader('2:0 - 1:0 - 2:1')),
      [/no order of all units/],
    ],
    [
      'an early end',
      overwriting,
      crew(reader('1:0 2:0 1:1 1:2'), reader('1:2 2:1')),
      [/ended at different units: 1:2 2:1/],
    ],
    ['a unit that nobody committed', shape(), crew(reader(`${whole} 2:2`)), [/2:2, which was not/]],
    [
      'a reader that did not end',
      shape(),
      crew(reader(whole), reader(whole, { ended: false })),
      [/before it was done/],
    ],
  ])('finds the fault in %s', (_, shape, members, expected) => {
    const findings = judge(shape, members);
    for (const finding of expected) expect(findings).toContainEqual(expect.stringMatching(finding));
    if (expected.length === 0) expect(findings).toEqual([]);
  });
});

describe('the judge of counts', () => {
  const none = { writtenUnits: 0, writtenBytes: 0, readUnits: 0, readBytes: 0 } as never;
  const stats = (writtenUnits: number, readUnits: number, bytes = bytesEach) =>
    ({
      ...{ writtenUnits, writtenBytes: writtenUnits * bytes },
      ...{ readUnits, readBytes: readUnits * bytesEach },
    }) as never;
  const lossy = (ledger: object) => crew(reader('1:0 - 1:2 2:1', ledger));

  it.each([
    ['what adds up', shape(), crew(reader(whole)), stats(5, 5), []],
    [
      'units too many',
      shape(),
      crew(reader(whole)),
      stats(6, 5),
      [/units written: 6/, /bytes written: 42/],
    ],
    [
      'units too few',
      shape(),
      crew(reader(whole)),
      stats(5, 4),
      [/units read: 4/, /bytes read: 28/],
    ],
    ['wrong bytes', shape(), crew(reader(whole)), stats(5, 5, 8), [/bytes written: 40/]],
    ['losses that were told', overwriting, lossy({ told: 2, lost: 2 }), stats(5, 3), []],
    ['a loss untold', overwriting, lossy({ told: 1, lost: 2 }), stats(5, 3), [/was told .*: 1/]],
    ['a loss too many', overwriting, lossy({ told: 3, lost: 3 }), stats(5, 3), [/in sum: 6/]],
  ])('finds the fault in %s', (_, shape, members, after, expected) => {
    const findings = judgeCounts(shape, members, none, after);
    expect(findings).toHaveLength(expected.length);
    for (const finding of expected) expect(findings).toContainEqual(expect.stringMatching(finding));
  });

  it('allows for units that a writer committed in the moment before it was killed', () => {
    const killed = writer(1, 3, { killed: true });
    killed.ledger.begun = 5;
    expect(judgeCounts(shape(), [killed], none, stats(5, 0))).toEqual([]);
    expect(judgeCounts(shape(), [killed], none, stats(6, 0))).toHaveLength(1);
  });
});

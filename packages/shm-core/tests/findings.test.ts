/** The findings in a snapshot, case by case. */
import { type ArenaSnapshot, reportOf, type SnapshotPeer } from '@arena/shm-core/internal';
import { describe, expect, it } from 'vitest';
import { findingsOf, lastingFindings } from '../dist/diagnosis/findings.js';

const idle: ArenaSnapshot = {
  atMs: 1_000_000,
  kind: 'pool',
  broadcast: false,
  overwrites: false,
  capacity: 2 ** 20,
  granuleBytes: 64,
  cellCount: 1024,
  segmentCount: 4,
  segmentSize: 2 ** 20,
  unitTimeoutMs: 0,
  creatorPid: 10,
  nonce: '00112233aabbccdd',
  writersExpected: 0,
  writersCame: 1,
  writersRefused: 0,
  streamEnded: false,
  endDeclared: false,
  oldest: 5,
  floor: 5,
  end: 5,
  poisoned: false,
  poisonedOffset: 0,
  history: 4,
  readableWord: 0,
  writableWord: 0,
  openRecords: 0,
  unreadRecords: 0,
  takenRecords: 0,
  freeBytes: 2 ** 20,
  freeCells: 1024,
  freeSegments: 4,
  openSegments: 0,
  queuedSegments: 0,
  leasedSegments: 0,
  peers: [],
  records: [],
  segments: [],
};

const peer = (more: Partial<SnapshotPeer>): SnapshotPeer => ({
  index: 0,
  pid: 10,
  generation: 1,
  phase: 'live',
  role: 'writer',
  processState: 'S',
  sleepsIn: 'ep_poll',
  ranMs: 100,
  queuedMs: 5,
  armedReadable: false,
  armedWritable: false,
  leasesOut: 0,
  writtenUnits: 0,
  readUnits: 0,
  ...more,
});
const writer = (more: Partial<SnapshotPeer> = {}) =>
  peer({ role: 'writer', index: 0, pid: 10, ...more });
const reader = (more: Partial<SnapshotPeer> = {}) =>
  peer({ role: 'reader', index: 1, pid: 20, next: 'nothing', nextSequence: 5, behind: 0, ...more });

const waiting = { waitingMs: 5000, lookedMs: 50 };
const textsOf = (more: Partial<ArenaSnapshot>) =>
  findingsOf({ ...idle, ...more }).map(({ kind, text }) => `${kind}: ${text}`);

describe('a reader that waits although a unit is committed', () => {
  const late = { ...waiting, next: 'committed', nextSequence: 5, behind: 1 } as const;
  const said = (more: Partial<SnapshotPeer>, arena: Partial<ArenaSnapshot> = {}) =>
    textsOf({
      end: 6,
      unreadRecords: 1,
      peers: [writer(), reader({ ...late, ...more })],
      ...arena,
    })[0];

  it('is stuck, and was not rung when its bit is still set', () => {
    expect(said({ armedReadable: true })).toBe(
      'stuck: The reader of process 20 has waited for 5.00 s although unit 5 is committed. No process has rung its doorbell: a lost wake-up. It still looks every 0.1 s and finds nothing: please report this.',
    );
  });

  it('was rung and has not looked when its pipe holds a ring', () => {
    expect(said({ rings: 1, lookedMs: 4900, processState: 'R' })).toBe(
      'stuck: The reader of process 20 has waited for 5.00 s although unit 5 is committed. Its doorbell was rung, and its event loop has not taken the ring. It should look every 0.1 s, and has not looked for 4.90 s: its process is running, so its event loop is busy with something else.',
    );
  });

  it('was not woken when it sleeps on the futex', () => {
    expect(said({}, { readableWord: 7 })).toContain('No process has woken its sleeping thread');
  });

  it('may have asked for a ring at a later unit', () => {
    expect(said({ armedReadable: true, ringFrom: 9 })).toContain('wants a ring from unit 9 on');
  });

  it('is no finding during the first moment', () => {
    expect(said({ waitingMs: 100 })).toBeUndefined();
  });
});

describe('the reason why writers wait', () => {
  const stopped = { ...waiting, wantsSegment: true, room: false } as const;

  it('is missing when there is room: then they are stuck', () => {
    expect(
      textsOf({ peers: [writer({ ...stopped, room: true, armedWritable: true })] })[0],
    ).toContain(
      'stuck: The writer of process 10 has waited for 5.00 s although there is room. No process has rung its doorbell',
    );
  });

  it('is named with the holders of segments, and how long they hold them', () => {
    const segments = [
      { index: 0, generation: 1, use: 'leased', ageMs: 9000, holders: [1] },
      { index: 1, generation: 1, use: 'leased', ageMs: 200_000, holders: [1] },
      { index: 2, generation: 1, use: 'open', ageMs: 30, holders: [0] },
      { index: 3, generation: 1, use: 'queued', ageMs: 1, holders: [] },
    ] as const;
    expect(
      textsOf({
        peers: [writer(stopped), reader()],
        segments,
        freeSegments: 0,
        leasedSegments: 2,
        openSegments: 1,
        queuedSegments: 1,
      }),
    ).toEqual([
      'waits: 1 writer waits (process 10), the longest for 5.00 s: no segment of 4 is free: 2 leased by process 20 (2, the oldest for 3 min 20 s), 1 open in process 10 (1, the oldest for 0.03 s), 1 unread (busy: process 20).',
    ]);
  });

  it('is perhaps a circle when every process that holds a segment waits', () => {
    const segments = [0, 1, 2, 3].map((index) => ({
      index,
      generation: 1,
      use: 'leased' as const,
      ageMs: 5000,
      holders: [1],
    }));
    const arena = { segments, freeSegments: 0, leasedSegments: 4 };
    const [first] = textsOf({ ...arena, peers: [writer(stopped), reader(waiting)] });
    expect(first).toMatch(
      /^circular: Writers \(process 10\) wait for a segment.*4 are leased by process 20/,
    );
    expect(textsOf({ ...arena, peers: [writer(stopped), reader()] })[0]).toMatch(/^waits/);
  });

  it('is perhaps their own open unit', () => {
    const open = { sequence: 5, phase: 'claimed', writer: 0, byteLength: 0, openMs: 4000 } as const;
    const ring = {
      kind: 'ring',
      segmentCount: 0,
      freeSegments: 0,
      records: [open],
      end: 6,
    } as const;
    const peers = [writer({ ...waiting, wantsBytes: 100, room: false })];
    expect(textsOf({ ...ring, peers })[0]).toBe(
      'circular: Process 10 waits for room behind unit 5, and has had that unit open itself for 4.00 s. A commit() or abort() may be missing there.',
    );
  });

  it('is a slow reader', () => {
    const peers = [
      writer({ ...waiting, wantsBytes: 100, room: false }),
      reader({ next: 'committed', behind: 7 }),
    ];
    expect(textsOf({ peers, freeBytes: 64, freeCells: 3 })).toEqual([
      'waits: 1 writer waits (process 10), the longest for 5.00 s: 64 bytes and 3 records are free; the reader of process 20 is 7 behind and does not wait: it is busy elsewhere.',
    ]);
  });
});

describe('another finding', () => {
  it('is that readers wait at an open unit', () => {
    const records = [
      { sequence: 5, phase: 'claimed', writer: 0, byteLength: 0, openMs: 61_000 },
    ] as const;
    const peers = [writer({ processState: 'T' }), reader({ ...waiting, next: 'open' })];
    expect(textsOf({ end: 6, records, peers, openRecords: 1 })).toEqual([
      'waits: 1 reader waits (process 20) at unit 5: the writer of process 10 has had it open for 61.0 s; its process is stopped (SIGSTOP, Ctrl+Z). No reader passes an open unit: see unitTimeoutMs.',
    ]);
  });

  it('is that expected writers have not come', () => {
    expect(textsOf({ writersExpected: 3, peers: [reader(waiting)] })).toEqual([
      'waits: 1 reader waits (process 20), the longest for 5.00 s: every committed unit was read, and no writer is attached; 2 of 3 expected writers have not come.',
    ]);
  });

  it('is that a process is gone, or the arena corrupt', () => {
    expect(textsOf({ peers: [reader({ processState: '' })] })[0]).toContain(
      'Process 20, which was a reader, is gone.',
    );
    expect(textsOf({ poisoned: true, poisonedOffset: 77 })[0]).toContain(
      'corrupt: a process found a wrong value at offset 77',
    );
  });
});

describe('two looks', () => {
  const late = reader({ ...waiting, next: 'committed', nextSequence: 5, armedReadable: true });
  const earlier = { ...idle, peers: [late] };

  it('report a stuck call only when both show it', () => {
    expect(lastingFindings(earlier, earlier).map(({ kind }) => kind)).toEqual(['stuck']);
    const later = { ...idle, peers: [{ ...late, nextSequence: 6, readUnits: 1 }] };
    expect(lastingFindings(earlier, later)).toEqual([]);
  });

  it('tell a process that gets no CPU from one that is busy', () => {
    const starving = { ...late, processState: 'R', lookedMs: 4000 };
    const look = (ranMs: number, atMs: number) => ({
      ...idle,
      atMs,
      peers: [{ ...starving, ranMs }],
    });
    const textAfter = (ranMs: number) =>
      lastingFindings(look(100, 1000), look(ranMs, 1300))[0]?.text;
    expect(textAfter(101)).toContain('wants a CPU and gets none: the machine is overloaded');
    expect(textAfter(390)).toContain('its event loop is busy with something else');
  });
});

it('the report shows the whole snapshot', () => {
  const snapshot: ArenaSnapshot = {
    ...idle,
    peers: [
      writer({ writtenUnits: 6 }),
      reader({ ...waiting, next: 'committed', behind: 1, leasesOut: 1, armedReadable: true }),
    ],
    records: [{ sequence: 5, phase: 'committed', writer: 0, byteLength: 100, segment: 2 }],
    segments: [
      { index: 2, generation: 1, use: 'queued', ageMs: 1, holders: [] },
      { index: 0, generation: 1, use: 'leased', ageMs: 1500, holders: [1] },
    ],
    freeSegments: 2,
    queuedSegments: 1,
    leasedSegments: 1,
    unreadRecords: 1,
    end: 6,
  };
  expect(reportOf(snapshot, [])).toMatchInlineSnapshot(`
    "pool: 4 segments of 1.0 MiB, a queue of 1.0 MiB, made by process 10

    No call waits.

    Peers: 2
      #0 writer, process 10 (asleep in ep_poll); does not wait; ran 0.10 s, wanted a CPU for 0.01 s; 6 written
      #1 reader, process 20 (asleep in ep_poll); waits for 5.00 s, looked 0.05 s ago; armed for units; its next unit, 5, is committed; 1 behind; ran 0.10 s, wanted a CPU for 0.01 s; 1 leases out; 0 read
    Segments: 4, of which 2 are free, 0 open, 1 committed and unread, 1 leased
      leased: process 20 (1, the oldest for 1.50 s)
    Records: oldest 5, first in use 5, end 6; 0 open, 1 committed and unread, 0 taken; 1048576 bytes and 1024 records free
      5 committed, 100 bytes in segment 2, from process 10
    Stream: 1 writers have come
    Words: readable 0; writable 0; a reader was there"
  `);
});

/** Attaching to memory, and reading memory, that no arena of this version, this boot or this kind has written. */
import {
  chmodSync,
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { listNamedArenas } from '@arena/shm-core';
import { Attachment } from '@arena/shm-core/internal';
import { failureOf } from '@arena/testkit';
import { SegmentPool } from '@arena/transport-pool';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const prefix = `test-foreign-${process.pid}-`;
const original = `${prefix}original`;
const copy = `${prefix}copy`;

const pathOf = (name: string) => `/dev/shm/arena-${name}`;
const attach = (name: string) => SegmentPool.attach({ name });

const kindRing = 2;

function patch(name: string, offset: number, bytes: Uint8Array): void {
  const fd = openSync(pathOf(name), 'r+');
  writeSync(fd, bytes, 0, bytes.byteLength, offset);
  closeSync(fd);
}

const u32 = (value: number) => new Uint8Array(Uint32Array.of(value).buffer);
const u64 = (value: bigint) => new Uint8Array(BigUint64Array.of(value).buffer);

function openArenas(): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${fd}`);
      return /arena-test-foreign|memfd:arena/.test(target) ? [target] : [];
    } catch {
      return [];
    }
  });
}

let arena: SegmentPool;
beforeEach(() => {
  arena = SegmentPool.create({
    segmentSize: 4096,
    segmentCount: 4,
    maxPeers: 8,
    queueBytes: 65536,
    name: original,
  });
  copyFileSync(pathOf(original), pathOf(copy));
  chmodSync(pathOf(copy), 0o600);
});
afterEach(async () => {
  arena.close();
  rmSync(pathOf(copy), { force: true, recursive: true });
  // The memory goes with the next turn of the event loop.
  await new Promise((resolve) => setImmediate(resolve));
  expect(openArenas()).toEqual([]);
  expect(readdirSync('/dev/shm').filter((file) => file.includes(prefix))).toEqual([]);
});

describe('attaching', () => {
  it('takes a copy of an arena for an arena', () => {
    attach(copy).close();
  });

  // Offsets as in LAYOUT.md.
  it.each<[string, number, Uint8Array]>([
    ['magic', 0, u64(0n)],
    ['layout version', 8, u32(99)],
    ['ABI hash', 12, u32(0)],
    ['total size', 16, u64(4096n)],
    ['kind', 72, u32(3)],
    ['when_full', 76, u32(9)],
    ['capacity', 80, u64(0n)],
    ['capacity', 80, u64(2n ** 63n)],
    ['granule_shift', 88, u32(64)],
    ['cell_count', 92, u32(0)],
    ['peer_count', 96, u32(100_000)],
    ['segment_count', 100, u32(2 ** 31)],
    ['segment_size', 104, u64(2n ** 62n)],
    ['pid namespace', 40, u64(1n)],
    ['boot id', 56, u64(1n)],
  ])('refuses another %s by its name', (field, offset, bytes) => {
    patch(copy, offset, bytes);
    const failure = failureOf(() => attach(copy));
    expect(failure.code).toBe('ERR_ARENA_INCOMPATIBLE');
    expect(failure.message.replaceAll('_', ' ')).toContain(field.replaceAll('_', ' '));
  });

  it('names the version that it found and the one that it knows', () => {
    patch(copy, 8, u32(7));
    expect(failureOf(() => attach(copy)).message).toMatch(/layout version is 7, expected \d/);
  });

  it.each([0, 1, 100, 4095, 4096, 8192])('refuses a file of %i bytes', (size) => {
    truncateSync(pathOf(copy), size);
    expect(failureOf(() => attach(copy)).code).toBe('ERR_ARENA_INCOMPATIBLE');
  });

  it('refuses a file that has grown', () => {
    truncateSync(pathOf(copy), 2 ** 20);
    expect(failureOf(() => attach(copy)).code).toBe('ERR_ARENA_INCOMPATIBLE');
  });

  it('refuses a file that holds no arena', () => {
    writeFileSync(pathOf(copy), Buffer.alloc(65536, 'something else'));
    expect(failureOf(() => attach(copy)).code).toBe('ERR_ARENA_INCOMPATIBLE');
  });

  it.each<[string, () => void]>([
    ['a file that others may open', () => chmodSync(pathOf(copy), 0o644)],
    [
      'a link',
      () => {
        rmSync(pathOf(copy));
        symlinkSync(pathOf(original), pathOf(copy));
      },
    ],
    [
      'a folder',
      () => {
        rmSync(pathOf(copy));
        mkdirSync(pathOf(copy), 0o700);
      },
    ],
  ])('refuses %s', (_, make) => {
    make();
    const failure = failureOf(() => attach(copy));
    expect(failure.code).toBe('ERR_ARENA_SYSTEM');
    expect(failure.message).toContain(copy);
  });

  it('refuses an arena of another kind, and names both', () => {
    const failure = failureOf(() => Attachment.attach(arena.handle, kindRing, true));
    expect(failure.code).toBe('ERR_ARENA_INCOMPATIBLE');
    expect(failure.message).toContain('kind is pool, expected ring');
  });

  it('lists an arena of another version as incompatible', () => {
    patch(copy, 8, u32(7));
    const entry = listNamedArenas().find(({ name }) => name === copy);
    expect(entry).toMatchObject({ compatible: false });
  });
});

describe('memory that no arena wrote', () => {
  const poisonedOffset = 4096 + 280;
  const firstCell = 8192 + 8 * 192;
  const byteLengthOffset = firstCell + 24;

  it('causes an error with its offset in the reader that finds it, and does not end the process', () => {
    const writer = arena.writer();
    const reader = arena.reader();
    const other = attach(original);
    writer.writeSync(Uint8Array.of(1));
    patch(original, byteLengthOffset, u64(2n ** 60n));
    const failure = failureOf(() => reader.tryRead());
    expect(failure.code).toBe('ERR_ARENA_CORRUPT');
    expect(failure.message).toContain(String(firstCell));
    for (const call of [
      () => reader.readSync(),
      () => writer.tryAcquire(1),
      () => other.reader(),
      () => other.writer(),
    ]) {
      expect(failureOf(call).code).toBe('ERR_ARENA_CORRUPT');
    }
    other.close();
  });

  it('ends the calls that wait', async () => {
    const reading = arena.reader().read();
    const failed = expect(reading).rejects.toMatchObject({ code: 'ERR_ARENA_CORRUPT' });
    patch(original, poisonedOffset, u64(12345n));
    await failed;
  });
});

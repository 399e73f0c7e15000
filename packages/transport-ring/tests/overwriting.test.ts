import { ArenaError } from '@arena/shm-core';
import {
  contentNow,
  failureOf,
  makeRecord,
  nextContent,
  nextLease,
  readRecord,
  rejectionOf,
  released,
  SequenceVerifier,
  Stage,
  sleep,
} from '@arena/testkit';
import { describe, expect, it } from 'vitest';
import { overwritingRing } from './ring.js';

const unitBytes = 4096;
const bytesOf = (number: number) => new Uint8Array(Uint32Array.of(number).buffer);

describe('a ring that overwrites', () => {
  const stage = new Stage(overwritingRing);
  const pair = () => stage.pair({ unitBytes, units: 4 });
  const unit = (value: number) => new Uint8Array(unitBytes).fill(value);

  it('never makes a writer wait', async () => {
    const { arena, writer } = pair();
    for (let value = 0; value < 100; value++) {
      expect(writer.tryWrite(unit(value))).toBe(true);
    }
    expect(arena.stats()).toMatchObject({ writtenUnits: 100, writerWaits: 0 });
  });

  it('tells a reader that was lapped how many records it lost, and goes on at the oldest', async () => {
    const { writer, reader } = pair();
    for (let value = 0; value < 10; value++) await writer.write(unit(value));
    const failure = await rejectionOf(reader.read());
    expect(failure.code).toBe('ERR_ARENA_LAPPED');
    expect(failure.message).toContain('6 records');
    expect(failure.details).toMatchObject({ lostRecords: 6 });
    expect(reader.lost).toBe(6);
    for (let value = 6; value < 10; value++) {
      expect((await nextContent(reader)).bytes[0]).toBe(value);
    }
    expect(contentNow(reader)).toBeNull();
  });

  it('counts each lapping on its own', async () => {
    const { writer, reader } = pair();
    for (let value = 0; value < 5; value++) await writer.write(unit(value));
    expect(failureOf(() => reader.tryRead()).details).toMatchObject({ lostRecords: 1 });
    for (let value = 0; value < 7; value++) await writer.write(unit(value));
    expect(failureOf(() => reader.readSync()).details).toMatchObject({ lostRecords: 7 });
    expect(reader.lost).toBe(8);
  });

  it('counts no unit that was given up among the lost ones', async () => {
    const { writer, reader } = pair();
    for (let value = 0; value < 10; value++) {
      (await writer.acquire(unitBytes)).abort();
      await writer.write(unit(value));
    }
    // The ring keeps four records. Two of them were aborted.
    expect((await rejectionOf(reader.read())).details).toMatchObject({ lostRecords: 8 });
    expect((await nextContent(reader)).bytes[0]).toBe(8);
    for (let value = 0; value < 6; value++) (await writer.acquire(unitBytes)).abort();
    expect(failureOf(() => reader.tryRead()).details).toMatchObject({ lostRecords: 1 });
    for (let value = 0; value < 6; value++) (await writer.acquire(unitBytes)).abort();
    expect(contentNow(reader)).toBeNull();
    expect(reader.lost).toBe(9);
  });

  it('lapses only the reader that is slow', async () => {
    const { arena, writer, reader: slow } = pair();
    const fast = arena.reader();
    for (let value = 0; value < 8; value++) {
      await writer.write(unit(value));
      expect((await nextContent(fast)).bytes[0]).toBe(value);
    }
    expect((await rejectionOf(slow.read())).code).toBe('ERR_ARENA_LAPPED');
    expect([slow.lost, fast.lost]).toEqual([4, 0]);
  });

  it('does not change a copy that a reader has taken', async () => {
    const { writer, reader } = pair();
    await writer.write(unit(1));
    const lease = await nextLease(reader);
    for (let value = 2; value < 12; value++) await writer.write(unit(value));
    expect(released(lease).bytes).toEqual(unit(1));
  });

  it('shows a late reader the newest record, the oldest kept, or the next', async () => {
    const arena = stage.create({ unitBytes, units: 4 });
    const writer = arena.writer();
    for (let value = 0; value < 10; value++) await writer.write(unit(value));
    expect(contentNow(arena.reader())?.bytes[0]).toBe(9);
    expect(contentNow(arena.reader({ from: 'oldest' }))?.bytes[0]).toBe(6);
    const next = arena.reader({ from: 'next' });
    expect(contentNow(next)).toBeNull();
    await writer.write(unit(10));
    expect(contentNow(next)?.bytes[0]).toBe(10);
  });

  it('lets a lapped reader skip to the newest record', async () => {
    const { writer, reader } = pair();
    for (let value = 0; value < 10; value++) await writer.write(unit(value));
    reader.syncToNewest();
    expect((await nextContent(reader)).bytes[0]).toBe(9);
  });

  it('delivers the last records, then the end, to a reader that was lapped', async () => {
    const { writer, reader } = pair();
    for (let value = 0; value < 6; value++) await writer.write(unit(value));
    writer.close();
    await rejectionOf(reader.read());
    const seen: (number | undefined)[] = [];
    for await (const lease of reader) seen.push(released(lease).bytes[0]);
    expect(seen).toEqual([2, 3, 4, 5]);
  });

  it('does not overwrite a unit that is being filled', async () => {
    const { arena, writer, reader } = pair();
    const open = await writer.acquire(unitBytes);
    open.bytes.fill(1);
    const other = arena.writer();
    let written = 0;
    while (other.tryWrite(unit(7))) written++;
    expect(written).toBe(3);
    open.commit();
    expect((await nextContent(reader)).bytes).toEqual(unit(1));
    expect(other.tryWrite(unit(8))).toBe(true);
  });

  it('gives no torn record to a reader in another process that is passed all the time', async () => {
    const arena = stage.create({ unitBytes, units: 4 });
    const reader = arena.reader();
    const peer = await stage.peer(arena.handle);
    const writing = peer.call('write', { writer: 0, count: 3000, byteLength: 3000 });
    const verifier = new SequenceVerifier({ gaps: true });
    let lapped = 0;
    let done = false;
    void writing.then(() => {
      done = true;
    });
    while (!done || reader.lag > 0) {
      try {
        const lease = reader.tryRead();
        if (lease) verifier.add(readRecord(released(lease).bytes));
        else await sleep(1);
      } catch (error) {
        expect((error as { code?: string }).code).toBe('ERR_ARENA_LAPPED');
        lapped++;
      }
      // Sometimes the pause is long enough for writers to pass this reader.
      if (verifier.counts.size % 16 === 0) await sleep(0);
    }
    await writing;
    expect(verifier.counts.get(0)).toBe(3000);
    expect(verifier.gaps).toBe(reader.lost);
    expect(lapped === 0).toBe(reader.lost === 0);
  });

  it('gives each unit its own envelope, or none, also after units that were overwritten during the copy', async () => {
    const byteLength = 2 ** 23;
    const arena = stage.create({ unitBytes: byteLength + 4096, units: 2 });
    const reader = arena.reader();
    const peer = await stage.peer(arena.handle);
    const writing = peer
      .call('writeNumbered', { count: 1000, byteLength })
      .then(() => peer.call('closeWriter'));
    for (;;) {
      // Fresh memory makes the reader slower than the writer, which overtakes it during the copy.
      const target = new Uint32Array(byteLength / 4);
      try {
        const result = await reader.readInto(new Uint8Array(target.buffer));
        if (result === null) break;
        const [number = 0] = target;
        expect([...result.envelope]).toEqual(number % 2 === 0 ? [...bytesOf(number)] : []);
      } catch (error) {
        if (!(error instanceof ArenaError)) throw error;
        expect(error.code).toBe('ERR_ARENA_LAPPED');
      }
    }
    await writing;
    expect(reader.lost).toBeGreaterThan(0);
  });

  it('takes a unit as large as itself', async () => {
    const { arena, writer, reader } = pair();
    await writer.write(unit(1));
    await writer.write(makeRecord(arena.maxUnitBytes, { writer: 1, sequence: 1 }));
    await rejectionOf(reader.read());
    expect(readRecord((await nextContent(reader)).bytes)).toEqual({ writer: 1, sequence: 1 });
  });
});

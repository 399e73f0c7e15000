import { expect, it } from 'vitest';
import { failureOf, rejectionOf } from '../outcome.js';
import type { Stage } from '../stage.js';
import { contentNow, nextContent, released } from '../take.js';

export function describeReading(stage: Stage): void {
  it('gives nothing while nothing was committed', () => {
    const { reader } = stage.pair();
    expect(contentNow(reader)).toBeNull();
    expect(reader.ended).toBe(false);
  });

  it('iterates every unit until the end', async () => {
    const { writer, reader } = stage.pair();
    for (let value = 0; value < 3; value++) writer.writeSync(Uint8Array.of(value));
    writer.close();
    const seen: number[] = [];
    for await (const lease of reader) {
      seen.push(lease.bytes[0] ?? -1);
      lease.release();
    }
    expect(seen).toEqual([0, 1, 2]);
    expect(reader.ended).toBe(true);
  });

  it('goes on where a loop was left', async () => {
    const { writer, reader } = stage.pair();
    for (let value = 0; value < 3; value++) writer.writeSync(Uint8Array.of(value));
    for await (const lease of reader) {
      lease.release();
      break;
    }
    expect((await nextContent(reader)).bytes).toEqual(Uint8Array.of(1));
  });

  it('copies a unit into the target that it is given', async () => {
    const { writer, reader } = stage.pair();
    await writer.write(Uint8Array.of(1, 2, 3), { envelope: Uint8Array.of(4) });
    const target = new Uint8Array(8).fill(255);
    const result = await reader.readInto(target);
    expect(result).toEqual({ byteLength: 3, envelope: Uint8Array.of(4) });
    expect(target).toEqual(Uint8Array.of(1, 2, 3, 255, 255, 255, 255, 255));
    expect(contentNow(reader)).toBeNull();
  });

  it('gives the memory back at once when it copies into a target', async () => {
    const { arena, writer, reader } = stage.pair({ units: 1 });
    const target = new Uint8Array(4096);
    for (let round = 0; round < 5; round++) {
      await writer.write(new Uint8Array(4096).fill(round));
      expect((await reader.readInto(target))?.byteLength).toBe(4096);
      expect(target.every((byte) => byte === round)).toBe(true);
    }
    expect(arena.stats()).toMatchObject({ leasesOut: 0, inFlight: 0 });
  });

  it('leaves a unit unread that does not fit into the target', async () => {
    const { writer, reader } = stage.pair();
    await writer.write(Uint8Array.of(1, 2, 3));
    const failure = await rejectionOf(reader.readInto(new Uint8Array(2)));
    expect(failure).toBeInstanceOf(RangeError);
    expect(failure.code).toBe('ERR_ARENA_INVALID_ARGUMENT');
    expect(failure.message).toMatch(/3 .*2/);
    expect((await reader.readInto(new Uint8Array(3)))?.byteLength).toBe(3);
  });

  it('copies a unit without bytes into any target', async () => {
    const { writer, reader } = stage.pair();
    await writer.write(new Uint8Array(0), { envelope: Uint8Array.of(1) });
    expect(await reader.readInto(new Uint8Array(0))).toEqual({
      byteLength: 0,
      envelope: Uint8Array.of(1),
    });
  });

  it('fills a target in the middle of a larger buffer', async () => {
    const { writer, reader } = stage.pair();
    await writer.write(Uint8Array.of(1, 2));
    const whole = new Uint8Array(6);
    await reader.readInto(whole.subarray(2, 4));
    expect(whole).toEqual(Uint8Array.of(0, 0, 1, 2, 0, 0));
  });

  it('ends a copying read at the end of the stream', async () => {
    const { writer, reader } = stage.pair();
    writer.close();
    expect(await reader.readInto(new Uint8Array(1))).toBeNull();
  });

  it('shows by each way of reading what every way of writing wrote', async () => {
    const { writer, reader } = stage.pair({ units: 8 });
    const inPlace = writer.acquireSync(1);
    inPlace.bytes[0] = 0;
    inPlace.commit();
    const tried = writer.tryAcquire(1);
    tried?.bytes.fill(1);
    tried?.commit();
    writer.writeSync(Uint8Array.of(2));
    expect(writer.tryWrite(Uint8Array.of(3))).toBe(true);
    await writer.write(Uint8Array.of(4));
    const seen = [reader.readSync(), reader.tryRead(), await reader.read(), reader.readSync()];
    expect(seen.map((lease) => lease && released(lease).bytes[0])).toEqual([0, 1, 2, 3]);
    const target = new Uint8Array(1);
    await reader.readInto(target);
    expect(target).toEqual(Uint8Array.of(4));
  });

  it('gives all units that are there, however many are asked for', async () => {
    const { writer, reader } = stage.pair();
    for (const max of [2 ** 32, 2 ** 46]) {
      writer.tryWriteMany([1, 2, 3].map((value) => Uint8Array.of(value)));
      const leases = reader.tryReadMany(max);
      expect(leases.map((lease) => released(lease).bytes[0])).toEqual([1, 2, 3]);
    }
  });

  it('serves reads that wait in the order in which they were made', async () => {
    const { writer, reader } = stage.pair();
    const reads = [reader.read(), reader.read(), reader.read()];
    for (let value = 0; value < 3; value++) await writer.write(Uint8Array.of(value));
    const leases = await Promise.all(reads);
    expect(leases.map((lease) => lease && released(lease).bytes[0])).toEqual([0, 1, 2]);
  });

  it('lets no later read overtake one that waits', async () => {
    const { writer, reader } = stage.pair();
    const first = reader.read();
    writer.writeSync(Uint8Array.of(0));
    writer.writeSync(Uint8Array.of(1));
    const second = reader.read();
    const leases = [await first, await second];
    expect(leases.map((lease) => lease && released(lease).bytes[0])).toEqual([0, 1]);
  });

  it('says when a blocking read found nothing in time', () => {
    const { reader } = stage.pair();
    const began = performance.now();
    const failure = failureOf(() => reader.readSync({ timeoutMs: 50 }));
    expect(performance.now() - began).toBeGreaterThanOrEqual(50);
    expect(failure.code).toBe('ERR_ARENA_TIMEOUT');
    expect(failure.message).toContain('50 ms');
  });
}

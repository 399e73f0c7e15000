import { expect, it } from 'vitest';
import { failureOf, rejectionOf } from '../outcome.js';
import { makeRecord, readRecord, SequenceVerifier } from '../sequence.js';
import type { Stage } from '../stage.js';
import { contentNow, nextContent, nextLease } from '../take.js';

const pageBytes = 4096;

export function describeUnits(stage: Stage): void {
  it('brings its bytes and its envelope to a reader', async () => {
    const { writer, reader } = stage.pair();
    const unit = await writer.acquire(5, { envelope: Uint8Array.of(7, 8) });
    unit.bytes.set([1, 2, 3, 4, 5]);
    unit.commit();
    expect(await nextContent(reader)).toEqual({
      bytes: Uint8Array.of(1, 2, 3, 4, 5),
      envelope: Uint8Array.of(7, 8),
    });
  });

  it('is hidden from the reader until it is committed', async () => {
    const { writer, reader } = stage.pair();
    const unit = await writer.acquire(100);
    unit.bytes.fill(1);
    expect(contentNow(reader)).toBeNull();
    unit.commit();
    expect(contentNow(reader)?.bytes).toEqual(new Uint8Array(100).fill(1));
  });

  it('is never seen once it was aborted', async () => {
    const { writer, reader } = stage.pair();
    const unit = await writer.acquire(100);
    unit.abort();
    await writer.write(Uint8Array.of(2));
    expect((await nextContent(reader)).bytes).toEqual(Uint8Array.of(2));
  });

  it('is aborted at the end of the scope that disposes of it', async () => {
    const { writer, reader } = stage.pair();
    const unit = await writer.acquire(100);
    unit[Symbol.dispose]();
    expect(contentNow(reader)).toBeNull();
    expect(failureOf(() => unit.commit()).code).toBe('ERR_ARENA_UNIT_ENDED');
  });

  it('outlives the end of its scope once it is committed', async () => {
    const { writer, reader } = stage.pair();
    const unit = await writer.acquire(1);
    unit.bytes[0] = 9;
    unit.commit();
    unit[Symbol.dispose]();
    expect(contentNow(reader)?.bytes).toEqual(Uint8Array.of(9));
  });

  it('is published as far as commit says', async () => {
    const { writer, reader } = stage.pair();
    const unit = await writer.acquire(4096);
    unit.bytes.fill(3);
    unit.commit(10);
    expect((await nextContent(reader)).bytes).toEqual(new Uint8Array(10).fill(3));
  });

  it('is committed with none of its bytes', async () => {
    const { writer, reader } = stage.pair();
    const unit = await writer.acquire(4000, { envelope: Uint8Array.of(1) });
    unit.commit(0);
    expect(await nextContent(reader)).toEqual({
      bytes: new Uint8Array(0),
      envelope: Uint8Array.of(1),
    });
  });

  it('may have no bytes at all', async () => {
    const { writer, reader } = stage.pair();
    await writer.write(new Uint8Array(0));
    writer.writeSync(new Uint8Array(0), { envelope: Uint8Array.of(1, 2, 3) });
    const unit = await writer.acquire(0);
    expect(unit.bytes.byteLength).toBe(0);
    unit.commit();
    for (const envelopeLength of [0, 3, 0]) {
      const { bytes, envelope } = await nextContent(reader);
      expect([bytes.byteLength, envelope.byteLength]).toEqual([0, envelopeLength]);
    }
  });

  it.each([1, 7, 8, 9, 63, 64, 65, 4095, 4096, 4097, 65535, 65536, 262143, 262144, 262145])(
    'of %i bytes comes out as it went in',
    async (byteLength) => {
      const { writer, reader } = stage.pair({ unitBytes: 65 * pageBytes });
      const bytes = new Uint8Array(byteLength).map((_, at) => at * 31 + byteLength);
      await writer.write(bytes, { envelope: Uint8Array.of(1) });
      expect(Buffer.compare((await nextContent(reader)).bytes, bytes)).toBe(0);
    },
  );

  it('fits exactly when it is as large as the arena allows', async () => {
    const { arena, writer, reader } = stage.pair();
    const id = { writer: 1, sequence: 0 };
    await writer.write(makeRecord(arena.maxUnitBytes, id));
    expect(readRecord((await nextContent(reader)).bytes)).toEqual(id);
  });

  it('that can never fit is refused at once, with both sizes', async () => {
    const { arena, writer } = stage.pair();
    const tooLarge = arena.maxUnitBytes + 1;
    const bytes = new Uint8Array(tooLarge);
    const failures = [
      await rejectionOf(writer.acquire(tooLarge)),
      await rejectionOf(writer.write(bytes)),
      failureOf(() => writer.tryAcquire(tooLarge)),
      failureOf(() => writer.acquireSync(tooLarge)),
      failureOf(() => writer.tryWrite(bytes)),
      failureOf(() => writer.writeSync(bytes)),
    ];
    for (const { code, message, details } of failures) {
      expect(code).toBe('ERR_ARENA_UNIT_TOO_LARGE');
      expect(message).toContain(String(tooLarge));
      expect(message).toContain(String(arena.maxUnitBytes));
      expect(details).toMatchObject({ byteLength: tooLarge, maxUnitBytes: arena.maxUnitBytes });
    }
  });

  it('that can never fit leaves the arena as it was', async () => {
    const { arena, writer, reader } = stage.pair();
    await rejectionOf(writer.acquire(arena.maxUnitBytes + 1));
    await rejectionOf(writer.acquire(2 ** 46));
    await writer.write(Uint8Array.of(1));
    expect((await nextContent(reader)).bytes).toEqual(Uint8Array.of(1));
    expect(arena.stats()).toMatchObject({ writtenUnits: 1, writtenBytes: 1 });
  });

  it('is a copy of the written bytes, not the same memory', async () => {
    const { writer, reader } = stage.pair();
    const bytes = Uint8Array.of(1, 2, 3);
    const envelope = Uint8Array.of(4);
    await writer.write(bytes, { envelope });
    bytes.fill(0);
    envelope.fill(0);
    expect(await nextContent(reader)).toEqual({
      bytes: Uint8Array.of(1, 2, 3),
      envelope: Uint8Array.of(4),
    });
  });

  it('is written from a view into a larger buffer, a Buffer and shared memory', async () => {
    const { writer, reader } = stage.pair();
    const whole = Uint8Array.of(0, 1, 2, 3, 4);
    const shared = new Uint8Array(new SharedArrayBuffer(2)).fill(9);
    for (const bytes of [whole.subarray(1, 3), Buffer.from('hi'), shared]) {
      await writer.write(bytes);
      expect([...(await nextContent(reader)).bytes]).toEqual([...bytes]);
    }
  });

  it('has empty bytes once it has ended', async () => {
    const { writer } = stage.pair();
    const committed = await writer.acquire(64);
    committed.commit();
    const aborted = await writer.acquire(64);
    aborted.abort();
    expect([committed.bytes.byteLength, aborted.bytes.byteLength]).toEqual([0, 0]);
  });

  it('ends once', async () => {
    const { writer, reader } = stage.pair();
    const unit = await writer.acquire(1);
    unit.commit();
    expect(failureOf(() => unit.commit()).code).toBe('ERR_ARENA_UNIT_ENDED');
    unit.abort();
    expect(contentNow(reader)).not.toBeNull();

    const aborted = await writer.acquire(1);
    aborted.abort();
    aborted.abort();
    expect(failureOf(() => aborted.commit()).code).toBe('ERR_ARENA_UNIT_ENDED');
    expect(contentNow(reader)).toBeNull();
  });

  it('stays open when commit asks for more than was acquired', async () => {
    const { writer, reader } = stage.pair();
    const unit = await writer.acquire(10);
    const failure = failureOf(() => unit.commit(11));
    expect(failure).toBeInstanceOf(RangeError);
    expect(failure.code).toBe('ERR_ARENA_INVALID_ARGUMENT');
    expect(failure.message).toMatch(/11 .*10/);
    unit.commit(9);
    expect(contentNow(reader)?.bytes.byteLength).toBe(9);
  });

  // Private memory that replaces shared memory may be moved; then the unit has no bytes.
  const standIns = process.env.ARENA_NO_EXTERNAL_BUFFERS !== undefined;
  it.skipIf(standIns)('cannot be transferred away, open or leased', async () => {
    const { writer, reader } = stage.pair();
    const unit = await writer.acquire(64);
    tryToTransfer(unit.bytes.buffer);
    expect(unit.bytes.byteLength).toBe(64);
    unit.commit();
    const lease = await nextLease(reader);
    if (lease.zeroCopy) tryToTransfer(lease.bytes.buffer);
    expect(lease.bytes.byteLength).toBe(64);
    lease.release();
  });

  it('goes through in order, many times around the arena, at every size', async () => {
    const { arena, writer, reader } = stage.pair({ unitBytes: 4 * pageBytes, units: 3 });
    const count = 1500;
    const write = async () => {
      for (let sequence = 0; sequence < count; sequence++) {
        await writer.write(makeRecord(16 + ((sequence * 977) % 16000), { writer: 0, sequence }));
      }
      writer.close();
    };
    const verifier = new SequenceVerifier();
    const read = async () => {
      for await (const lease of reader) {
        verifier.add(readRecord(lease.bytes));
        lease.release();
      }
    };
    await Promise.all([write(), read()]);
    expect(verifier.counts.get(0)).toBe(count);
    expect(arena.stats()).toMatchObject({ writtenUnits: count, readUnits: count, inFlight: 0 });
  });
}

function tryToTransfer(buffer: ArrayBufferLike): void {
  try {
    structuredClone(buffer, { transfer: [buffer as ArrayBuffer] });
  } catch {
    // Some versions of Node refuse this, others clone the unit.
  }
}

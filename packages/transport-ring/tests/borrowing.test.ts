import {
  failureOf,
  isSettled,
  nextContent,
  overwriteMemory,
  placesOf,
  rejectionOf,
  Stage,
} from '@arena/testkit';
import { RingBuffer, type RingBufferOptions } from '@arena/transport-ring';
import { describe, expect, it } from 'vitest';
import { ring } from './ring.js';

const slotBytes = 4096;
const slot = (value: number) => new Uint8Array(slotBytes).fill(value);

describe('a ring of slots', () => {
  const stage = new Stage(ring);
  const make = (options: Partial<RingBufferOptions> = {}) => {
    const arena = stage.keep(
      RingBuffer.create({ slots: 4, slotBytes, whenFull: 'wait', ...options }),
    );
    return { arena, reader: arena.reader({ from: 'oldest' }), writer: arena.writer() };
  };

  it('lends a slot as a typed view, whatever its size', async () => {
    const { reader, writer } = make({ slotBytes: 3 * 8 });
    for (const first of [1.5, 2.5]) {
      const numbers = Float64Array.of(first, -2, 1e300);
      await writer.write(new Uint8Array(numbers.buffer));
      using loan = await reader.borrow();
      const { buffer, byteOffset } = loan?.bytes ?? new Uint8Array();
      expect(new Float64Array(buffer, byteOffset, 3)).toEqual(numbers);
    }
  });

  it('keeps the envelope of a loan that has ended, also after the close of its reader', async () => {
    const { reader, writer } = make();
    const loans = [1, 2].map((value) => {
      writer.writeSync(slot(value).subarray(64), { envelope: Uint8Array.of(value) });
      return reader.tryBorrow();
    });
    for (let value = 3; value < 9; value++) {
      writer.writeSync(slot(value));
      reader.tryRead();
    }
    reader.close();
    expect(loans.map((loan) => loan?.envelope)).toEqual([Uint8Array.of(1), Uint8Array.of(2)]);
  });

  it('lends the shared memory itself', async () => {
    const { reader, writer } = make();
    const pattern = Uint8Array.from({ length: 256 }, (_, at) => at ^ 0x5a);
    await writer.write(pattern, { envelope: Uint8Array.of(7) });
    const loan = await reader.borrow();
    const [place = -1] = placesOf(pattern.slice());
    overwriteMemory(place, Uint8Array.of(0xee));
    expect([...(loan?.bytes.subarray(0, 2) ?? [])]).toEqual([0xee, 0x5b]);
    expect(loan?.envelope).toEqual(Uint8Array.of(7));
  });

  it('lets the event loop turn between loans that never wait', async () => {
    const { reader, writer } = make();
    let fired = 0;
    const timer = setInterval(() => fired++, 1);
    const begin = performance.now();
    while (fired < 5 && performance.now() - begin < 30_000) {
      writer.tryWrite(slot(1));
      (await reader.borrow())?.release();
    }
    clearInterval(timer);
    expect(fired).toBeGreaterThanOrEqual(5);
  });

  it.each([
    ['is released', (loan: Disposable) => loan[Symbol.dispose]()],
    ['has its reader read on', (_: Disposable, reader: { tryRead(): unknown }) => reader.tryRead()],
  ])('keeps a lent record until the loan %s', async (_, end) => {
    const { reader, writer } = make();
    for (let value = 0; value < 4; value++) await writer.write(slot(value));
    const loan = reader.tryBorrow();
    expect(reader.lag).toBe(4);
    const writing = writer.write(slot(4));
    expect(await isSettled(writing)).toBe(false);
    expect(loan?.bytes).toEqual(slot(0));
    if (loan) end(loan, reader);
    await writing;
    expect(loan?.overtaken).toBe(false);
  });

  it('lends one record after the other, and the end', async () => {
    const { reader, writer } = make();
    for (let value = 0; value < 3; value++) await writer.write(slot(value));
    writer.close();
    const seen = [reader.tryBorrow()?.bytes[0], (await reader.borrow())?.bytes[0]];
    expect([...seen, (await nextContent(reader)).bytes[0]]).toEqual([0, 1, 2]);
    expect(await reader.borrow()).toBeNull();
    expect(reader.ended).toBe(true);
  });

  it('waits for a record to lend, with a deadline', async () => {
    const { reader, writer } = make();
    expect(reader.tryBorrow()).toBeNull();
    expect((await rejectionOf(reader.borrow({ timeoutMs: 20 }))).code).toBe('ERR_ARENA_TIMEOUT');
    const waiting = reader.borrow();
    await writer.write(slot(1));
    expect((await waiting)?.bytes[0]).toBe(1);
  });

  it('takes every view back when the reader closes', async () => {
    const { reader, writer } = make();
    await writer.write(slot(1));
    const loan = await reader.borrow();
    reader.close();
    expect(loan?.bytes.byteLength).toBe(0);
    loan?.release();
    expect(failureOf(() => reader.tryBorrow()).code).toBe('ERR_ARENA_CLOSED');
  });

  it('reports that writers have passed a lent record, and counts it among the lost', async () => {
    const { reader, writer } = make({ whenFull: 'overwrite' });
    await writer.write(slot(0));
    const loan = await reader.borrow();
    expect(loan?.overtaken).toBe(false);
    for (let value = 1; value < 7; value++) await writer.write(slot(value));
    expect(loan?.overtaken).toBe(true);
    loan?.release();
    expect(loan?.overtaken).toBe(true);
    expect(reader.lost).toBe(3);
    expect((await rejectionOf(reader.borrow())).details).toMatchObject({ lostRecords: 3 });
    expect((await reader.borrow())?.bytes[0]).toBe(3);
  });

  it('does not report a loan as overtaken after it was released in time', async () => {
    const { reader, writer } = make({ whenFull: 'overwrite' });
    await writer.write(slot(0));
    const loan = await reader.borrow();
    loan?.release();
    for (let value = 1; value < 9; value++) await writer.write(slot(value));
    expect(loan?.overtaken).toBe(false);
    expect(failureOf(() => reader.tryBorrow()).details).toMatchObject({ lostRecords: 4 });
  });
});

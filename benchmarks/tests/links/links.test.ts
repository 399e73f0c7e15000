import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Cell, metrics } from '../../dist/crossover/config.js';
import { type CellResult, measureCell } from '../../dist/crossover/measure.js';
import { FrameParser, headerBytes } from '../../dist/links/frames.js';
import { Inbox } from '../../dist/links/inbox.js';
import { ReceiptClock, roomBytesFor, roomFor } from '../../dist/links/link.js';
import { startPartner } from '../../dist/links/partner.js';
import { makePayloads, verifyMessage } from '../../dist/links/payloads.js';
import { seriesOf, transports } from '../../dist/links/transports.js';

const frame = (payload: Uint8Array) => {
  const bytes = new Uint8Array(headerBytes + payload.byteLength);
  new DataView(bytes.buffer).setUint32(0, payload.byteLength, true);
  bytes.set(payload, headerBytes);
  return bytes;
};

describe('FrameParser', () => {
  it('finds every frame, however the stream is cut', () => {
    const largest = 100_000;
    const payload = fc
      .record({
        byteLength: fc.integer({ min: 0, max: largest }),
        fill: fc.integer({ min: 0, max: 255 }),
      })
      .map(({ byteLength, fill }) => new Uint8Array(byteLength).fill(fill));
    const property = fc.property(
      fc.array(payload, { maxLength: 30 }),
      fc.array(fc.integer({ min: 1, max: 70_000 }), { minLength: 1, maxLength: 20 }),
      (payloads, cuts) => {
        const found: string[] = [];
        const describeBytes = (bytes: Uint8Array) =>
          `${bytes.byteLength} ${bytes[0]} ${bytes.at(-1)}`;
        const parser = new FrameParser(largest, (bytes) => found.push(describeBytes(bytes)));
        const stream = Buffer.concat(payloads.map(frame));
        for (let at = 0, cut = 0; at < stream.byteLength; cut++) {
          const space = parser.space();
          expect(space.byteLength).toBeGreaterThan(0);
          const count = Math.min(
            cuts[cut % cuts.length] ?? 1,
            space.byteLength,
            stream.byteLength - at,
          );
          space.set(stream.subarray(at, at + count));
          parser.push(count);
          at += count;
        }
        expect(found).toEqual(payloads.map(describeBytes));
      },
    );
    fc.assert(property, { numRuns: 100 });
  });
});

describe('Inbox', () => {
  const bytes = (value: number) => Uint8Array.of(value);

  it('hands out what came before it was asked for, in order', async () => {
    const inbox = new Inbox();
    inbox.push(bytes(1));
    inbox.push(bytes(2));
    expect((await inbox.next()).bytes).toEqual(bytes(1));
    const seen: number[] = [];
    const received = inbox.receive(2, (message) => seen.push(message[0] ?? -1));
    inbox.push(bytes(3));
    expect((await received).messages).toBe(1);
    expect(seen).toEqual([2, 3]);
  });

  it('fails a receipt whose message is not what was sent', async () => {
    const inbox = new Inbox();
    const received = inbox.receive(1, () => {
      throw new Error('other bytes');
    });
    inbox.push(bytes(1));
    await expect(received).rejects.toThrow('other bytes');
  });
});

describe('ReceiptClock', () => {
  it('counts what came after the first receipt', () => {
    const clock = new ReceiptClock(10);
    expect([clock.add(4), clock.add(5), clock.add(1)]).toEqual([false, false, true]);
    expect(clock.stop().messages).toBe(6);
  });
});

describe('roomFor', () => {
  it('keeps between 8 and 1024 messages under way, fewer where a queue cannot hold 8', () => {
    const sizes = [1, 100, 65_536, 1_000_000, 2 ** 24, 2 ** 25, 2 ** 26];
    expect(sizes.map(roomFor)).toEqual([1024, 1024, 128, 8, 8, 4, 2]);
    for (const size of sizes) expect(roomBytesFor(size)).toBeLessThanOrEqual(2 ** 27);
  });
});

describe('verifyMessage', () => {
  it('takes what was sent, and nothing else', () => {
    for (const size of [1, 3, 100, 10_000]) {
      const payloads = makePayloads(size);
      for (const [index, payload] of payloads.entries()) {
        expect(() => verifyMessage(payload, index + payloads.length, size)).not.toThrow();
      }
      expect(() => verifyMessage(payloads[0] ?? new Uint8Array(), 0, size + 1)).toThrow('bytes of');
    }
    const [first = new Uint8Array(), second = new Uint8Array()] = makePayloads(100);
    expect(() => verifyMessage(second, 0, 100)).toThrow('message 0 arrived with other bytes');
    const torn = first.slice();
    torn[99] = (torn[99] ?? 0) ^ 1;
    expect(() => verifyMessage(torn, 0, 100)).toThrow('at offset 99');
  });
});

describe.each(transports)('measureCell over %s', (transport) => {
  it('measures every metric, with copies and without, at a size that no word divides', async (context) => {
    if (transport === 'zeromq' && (await import('zeromq').catch(() => undefined)) === undefined) {
      context.skip();
    }
    const partner = startPartner();
    try {
      for (const metric of metrics) {
        for (const series of seriesOf(transport)) {
          const cell: Cell = { ...series, metric, sizeBytes: 20_001, durationSec: 0.01 };
          const result: CellResult = await measureCell(cell, partner);
          expect(result.perSecond).toBeGreaterThan(0);
          expect(result.cpuUsPerMessage).toBeGreaterThan(0);
          expect((result.p50Us ?? 0) > 0).toBe(metric === 'latency');
          expect(result.p999Us ?? 0).toBeGreaterThanOrEqual(result.p99Us ?? 0);
        }
      }
    } finally {
      await partner.stop();
    }
    expect(partner.child.exitCode ?? partner.child.signalCode).toBe(0);
  });
});

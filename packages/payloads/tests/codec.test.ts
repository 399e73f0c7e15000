import { type Codec, offloadItem, type Payload, registerCodec, restoreItem } from '@arena/payloads';
import type { Lease } from '@arena/shm-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { errorOf, leaseOf, send, sendOffloaded } from './send.js';

/** Some packets and a header: a value of native code, as a demuxer makes them. */
class Packets implements Disposable {
  readonly name: string;
  readonly parts: readonly Uint8Array[];
  owner: Lease | null = null;
  disposed = 0;

  constructor(name: string, parts: readonly Uint8Array[]) {
    this.name = name;
    this.parts = parts;
  }

  [Symbol.dispose](): void {
    this.disposed++;
  }
}

const asPackets = (value: unknown) => value as unknown as Packets;

const padded = (bytes: Uint8Array): Payload => ({ bytes, alignment: 16, padding: 8 });

const packetsCodec: Codec<Packets> = {
  name: 'test-packets',
  matches: (value) => value instanceof Packets,
  encode: ({ name, parts }) => ({ meta: { name }, payloads: parts.map(padded) }),
  decode(meta, payloads, owner) {
    const packets = new Packets((meta as { name: string }).name, payloads);
    packets.owner = owner;
    return packets;
  },
};

beforeEach(() => registerCodec(packetsCodec));

const parts = () => [5, 40, 0, 100].map((length) => new Uint8Array(length).fill(length));

describe('a registered codec', () => {
  it('restores its values at any depth, and keeps their identity', () => {
    const packets = new Packets('a', parts());
    const restored = sendOffloaded({ list: [packets], map: new Map([[packets, 1]]) });
    const again = restored.list[0] as Packets;
    expect(again).toBeInstanceOf(Packets);
    expect(again.name).toBe('a');
    expect(again.parts).toEqual(parts());
    expect([...restored.map.keys()][0]).toBe(again);
  });

  it('has all its payloads offloaded or all inline, by their sum', () => {
    // 145 bytes, and 8 of padding behind each of the four.
    const packets = new Packets('a', parts());
    expect(offloadItem(packets, { copyThreshold: 177 }).byteLength).toBe(0);
    expect(offloadItem(packets, { copyThreshold: 176 }).byteLength).toBeGreaterThan(0);
    for (const copyThreshold of [177, 176]) {
      expect(asPackets(send(packets, { copyThreshold })).parts).toEqual(parts());
    }
  });

  it('has its alignment and zeroed padding in the unit', () => {
    const item = [new Uint8Array(3), new Packets('a', parts())];
    const [, packets] = sendOffloaded(item) as unknown as [Uint8Array, Packets];
    for (const part of packets.parts) {
      expect(part.byteOffset % 16).toBe(0);
      expect(part.byteOffset % 64 === 0).toBe(part.byteOffset === 0);
      const behind = new Uint8Array(part.buffer, part.byteOffset + part.byteLength, 8);
      expect(behind).toEqual(new Uint8Array(8));
    }
  });

  it('has zeroed padding inline too', () => {
    for (let shift = 0; shift < 8; shift++) {
      const item = ['x'.repeat(shift), new Packets('a', parts())];
      const [, packets] = send(item) as unknown as [string, Packets];
      expect(packets.owner).toBeNull();
      for (const part of packets.parts) {
        const behind = new Uint8Array(part.buffer, part.byteOffset + part.byteLength, 8);
        expect(behind).toEqual(new Uint8Array(8));
      }
    }
  });

  it('gets the lease as the owner of offloaded payloads', () => {
    const lease = leaseOf({ packets: new Packets('a', parts()) }, { copyThreshold: 0 });
    const { packets } = restoreItem<{ packets: Packets }>(lease);
    expect(packets.owner).toBe(lease);
    expect(packets.parts[1]?.buffer).toBe(lease.bytes.buffer);
  });

  it('keeps the dispose of a root, which then releases the lease as well', () => {
    const lease = leaseOf(new Packets('a', parts()), { copyThreshold: 0 });
    const packets = restoreItem<Packets>(lease);
    packets[Symbol.dispose]();
    expect(packets.disposed).toBe(1);
    expect(lease.active).toBe(false);

    const inline = asPackets(send(new Packets('a', parts())));
    inline[Symbol.dispose]();
    expect(inline.disposed).toBe(1);
  });

  it('may fill a payload itself', () => {
    registerCodec<Packets>({
      ...packetsCodec,
      encode: ({ name }) => ({
        meta: { name },
        payloads: [{ bytes: { byteLength: 100, copyTo: (target) => void target.fill(7) } }],
      }),
    });
    for (const copyThreshold of [0, 1000]) {
      const restored = asPackets(send(new Packets('a', []), { copyThreshold }));
      expect(restored.parts).toEqual([new Uint8Array(100).fill(7)]);
    }
  });

  it('may use any value of an item in its description, with the same identity', () => {
    const shared = new Float32Array(8);
    registerCodec<Packets>({
      ...packetsCodec,
      encode: ({ name }) => ({ meta: { name, shared, nested: new Packets('inner', []) } }),
      matches: (value) => value instanceof Packets && value.name === 'outer',
      decode: (meta) => meta as object,
    });
    const restored = sendOffloaded({ shared, outer: new Packets('outer', []) });
    const outer = restored.outer as unknown as { shared: unknown; nested: unknown };
    expect(outer.shared).toBe(restored.shared);
    expect(outer.nested).toEqual({ name: 'inner', parts: [], owner: null, disposed: 0 });
  });

  it('must not put a value into its own description', () => {
    registerCodec<Packets>({ ...packetsCodec, encode: (value) => ({ meta: { value } }) });
    const error = errorOf(() => offloadItem([new Packets('a', [])]));
    expect(error.code).toBe('ERR_ARENA_INVALID_ARGUMENT');
    expect(error.message).toContain('item[0]<as described by the codec test-packets>.value');
  });

  it('replaces the codec of the same name, and comes before earlier codecs', () => {
    registerCodec<Packets>({ ...packetsCodec, decode: () => new Packets('second', []) });
    expect(asPackets(send(new Packets('a', []))).name).toBe('second');
    registerCodec<Packets>({
      ...packetsCodec,
      name: 'test-third',
      decode: () => ({ third: true }),
    });
    expect(send(new Packets('a', []))).toEqual({ third: true });
    registerCodec<Packets>({ ...packetsCodec, name: 'test-third', matches: () => false });
    expect(asPackets(send(new Packets('a', []))).name).toBe('second');
  });

  it('may take a class that has a built-in codec', () => {
    registerCodec<Date>({
      name: 'test-date',
      matches: (value) => value instanceof Date,
      encode: (date) => ({ meta: date.getTime() }),
      decode: (meta) => new Date((meta as number) + 1),
    });
    expect(send(new Date(1))).toEqual(new Date(2));
    registerCodec({
      name: 'test-date',
      matches: () => false,
      encode: () => ({}),
      decode: () => ({}),
    });
  });

  it('that throws while decoding makes the item ERR_ARENA_CORRUPT, with the cause', () => {
    registerCodec<Packets>({
      ...packetsCodec,
      decode() {
        throw new TypeError('no packets');
      },
    });
    const lease = leaseOf(new Packets('a', parts()), { copyThreshold: 0 });
    const error = errorOf(() => restoreItem(lease));
    expect(error.code).toBe('ERR_ARENA_CORRUPT');
    expect(error.message).toContain('no packets');
    expect(error.cause).toBeInstanceOf(TypeError);
    expect(lease.active).toBe(false);
  });

  it('that the reading process lacks is ERR_ARENA_INCOMPATIBLE with its name', () => {
    const lease = leaseOf(new Packets('a', parts()));
    const at = Buffer.from(lease.envelope).indexOf('test-packets');
    lease.envelope[at] = 'b'.charCodeAt(0);
    const error = errorOf(() => restoreItem(lease));
    expect(error.code).toBe('ERR_ARENA_INCOMPATIBLE');
    expect(error.message).toContain('"best-packets", which this process has not registered');
  });

  it('must not give a payload that was transferred away', () => {
    const bytes = new Uint8Array(8);
    structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
    registerCodec<Packets>({ ...packetsCodec, encode: () => ({ payloads: [{ bytes }] }) });
    const error = errorOf(() => offloadItem({ clip: new Packets('a', []) }));
    expect(error.code).toBe('ERR_ARENA_UNSENDABLE');
    expect(error.message).toMatch(/^item\.clip is detached/);
  });

  it('is refused when it is no codec, or asks for an impossible alignment or padding', () => {
    const bad: unknown[] = [null, {}, { name: '' }, { name: 'a b' }, { name: 'é' }, { name: 'x' }];
    for (const codec of bad) {
      const error = errorOf(() => registerCodec(codec as Codec));
      expect(error.code).toBe('ERR_ARENA_INVALID_ARGUMENT');
    }
    const payloads: [Payload, string][] = [
      [{ bytes: new Uint8Array(1), alignment: 128 }, 'asks for the alignment 128'],
      [{ bytes: new Uint8Array(1), alignment: 3 }, 'asks for the alignment 3'],
      [{ bytes: new Uint8Array(1), padding: -1 }, 'asks for -1 bytes of padding'],
      [{ bytes: { byteLength: -1, copyTo() {} } }, 'gives a payload of -1 bytes'],
      [{ bytes: {} as Uint8Array }, 'neither a view nor has copyTo()'],
    ];
    for (const [payload, message] of payloads) {
      registerCodec<Packets>({ ...packetsCodec, encode: () => ({ payloads: [payload] }) });
      const error = errorOf(() => offloadItem(new Packets('a', [])));
      expect(error.code).toBe('ERR_ARENA_INVALID_ARGUMENT');
      expect(error.message).toContain(message);
    }
  });
});

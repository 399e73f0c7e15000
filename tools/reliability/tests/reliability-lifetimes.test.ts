/** The lifetimes of a lease's memory, and of its views, clones, threads and environments. */
import { once } from 'node:events';
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import {
  arenaDescriptors,
  arenaMappings,
  nextLease,
  runScript,
  Stage,
  until,
} from '@arena/testkit';
import { describe, expect, it } from 'vitest';
import { fanOutPool, pool } from './transports.js';

const unitBytes = 64 * 1024;
const module = import.meta.resolve('@arena/transport-pool');

/** A thread that attaches to `handle` as `pool` and runs `text`. */
function thread(handle: string, text: string): Worker {
  const source = `
    import { parentPort } from 'node:worker_threads';
    import { SegmentPool } from '${module}';
    const pool = SegmentPool.attach('${handle}');
    ${text}`;
  return new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`), {
    execArgv: [],
  });
}

describe('the writer of a thread', () => {
  const stage = new Stage(pool);

  it.each([
    ['runs to its end', ''],
    ['exits', 'process.exit(0);'],
    ['is terminated', "parentPort.on('message', () => {});"],
    ['fails', 'throw new Error("on purpose");'],
  ])('counts as closed when the thread %s with a unit open', async (_, ending) => {
    const arena = stage.create({ unitBytes, units: 4 });
    const reader = arena.reader();
    const worker = thread(
      arena.handle,
      `globalThis.writer = pool.writer();
      globalThis.open = writer.tryAcquire(10);
      writer.writeSync(Uint8Array.of(7));
      parentPort.postMessage('written');
      await new Promise((resolve) => setImmediate(resolve));
      ${ending}`,
    );
    worker.on('error', () => {});
    await messageOf(worker);
    if (ending.startsWith('parentPort')) await worker.terminate();
    const read: number[] = [];
    for await (const lease of reader) {
      read.push(lease.bytes[0] ?? -1);
      lease.release();
    }
    expect(read).toEqual([7]);
    expect(arena.stats().writers).toBe(0);
  });
});

/** The next message. Not `once`, which fails when an error that comes after the message overtakes it. */
const messageOf = (worker: Worker): Promise<unknown> =>
  new Promise((resolve) => worker.once('message', resolve));

describe.each([pool, fanOutPool])('a lease of a $name', (transport) => {
  const stage = new Stage(transport);

  async function leased() {
    const pair = stage.pair({ unitBytes, units: 2 }, { from: 'oldest' });
    const unit = await pair.writer.acquire(unitBytes);
    unit.bytes.fill(7);
    unit.commit();
    return { ...pair, lease: await nextLease(pair.reader) };
  }

  it('leaves every view of it empty when it is released, and all that is done with them harmless', async () => {
    const { lease } = await leased();
    const { buffer } = lease.bytes;
    const views = [
      lease.bytes,
      lease.bytes.subarray(100, 200),
      new Float64Array(buffer),
      Buffer.from(buffer, 10, 20),
    ];
    const dataView = new DataView(buffer);
    const iterator = lease.bytes.values();
    iterator.next();
    lease.release();
    expect(views.map(({ byteLength }) => byteLength)).toEqual([0, 0, 0, 0]);
    for (const view of views) {
      view[0] = 1;
      expect(view[0]).toBeUndefined();
      expect(() => view.at(5)).toThrow(TypeError);
      expect(() => view.fill(1 as never)).toThrow(TypeError);
      expect(() => new Uint8Array(100).set(view as Uint8Array)).toThrow(TypeError);
    }
    expect(() => dataView.getUint8(0)).toThrow(TypeError);
    expect(() => iterator.next()).toThrow(TypeError);
    expect(() => new Uint8Array(buffer)).toThrow(TypeError);
  });

  it('is copied by structuredClone and by messages, and cannot be transferred away', async () => {
    const { lease } = await leased();
    const { port1, port2 } = new MessageChannel();
    const clone = structuredClone(lease.bytes);
    port1.postMessage(lease.bytes);
    const transfer = [lease.bytes.buffer as ArrayBuffer];
    // The version of Node decides which of the two happens.
    const copiedOrRefused = (call: () => void) => {
      try {
        call();
      } catch (error) {
        expect((error as Error).name).toBe('DataCloneError');
      }
      expect(lease.bytes.byteLength).toBe(unitBytes);
    };
    copiedOrRefused(() => structuredClone(lease.bytes, { transfer }));
    copiedOrRefused(() => port1.postMessage(lease.bytes, transfer));
    lease.release();
    const received = receiveMessageOnPort(port2)?.message as Uint8Array;
    for (const copy of [clone, received]) {
      expect([copy.byteLength, copy.every((byte) => byte === 7)]).toEqual([unitBytes, true]);
    }
    port1.close();
  });

  it('stays in its thread: its bytes reach another one as a copy that its release does not empty', async () => {
    const { arena, lease } = await leased();
    const worker = new Worker(
      `const { parentPort } = require('node:worker_threads');
      parentPort.on('message', (bytes) => {
        parentPort.postMessage([bytes.length, bytes.every((it) => it === 7)]);
      });`,
      { eval: true, execArgv: [] },
    );
    expect(() => worker.postMessage(lease)).toThrow('lease.bytes');
    worker.postMessage(lease.bytes);
    lease.release();
    expect(await messageOf(worker)).toEqual([unitBytes, true]);
    expect(arena.stats().leasesOut).toBe(0);
    await worker.terminate();
  });

  it.each([
    ['ends', 'for (const end of [writer, reader]) end.close();'],
    ['exits', 'process.exit(0);'],
    ['is terminated', "parentPort.on('message', () => {});"],
    ['fails', 'throw new Error("on purpose");'],
  ])('that a thread has out comes back when the thread %s', async (_, ending) => {
    const arena = stage.create({ unitBytes, units: 4 });
    const writer = arena.writer();
    const reader = arena.reader({ from: 'oldest' });
    reader.close();
    for (let unit = 0; unit < 3; unit++) await writer.write(new Uint8Array(unitBytes));
    const worker = thread(
      arena.handle,
      `const writer = pool.writer();
      const reader = pool.reader({ from: 'oldest' });
      globalThis.kept = [await reader.read(), await reader.read(), writer.tryAcquire(10)];
      globalThis.letGo = kept[1].hold();
      kept[1].release();
      parentPort.postMessage(pool.stats().leasesOut);
      await new Promise((resolve) => setImmediate(resolve));
      ${ending}`,
    );
    worker.on('error', () => {});
    const exited = new Promise((resolve) => worker.on('exit', resolve));
    expect(await messageOf(worker)).toBeGreaterThan(0);
    if (ending.startsWith('parentPort')) await worker.terminate();
    await exited;
    await until(() => arena.stats().leasesOut === 0);
    expect(arena.stats()).toMatchObject({ readers: 0, writers: 1 });
    const units = [1, 2, 3, 4].map(() => writer.tryAcquire(unitBytes));
    const free = units.filter((unit) => unit !== null).length;
    expect(free).toBeGreaterThanOrEqual(transport.broadcast ? 4 : 3);
  });

  it('may be out, held, dropped or waited for when the process exits', async () => {
    for (const ending of ['', 'process.exit(0);', 'setImmediate(() => process.exit(0));']) {
      const end = await runScript(
        `import { SegmentPool } from ${JSON.stringify(module)};
        const pool = SegmentPool.create(${JSON.stringify(stage.options({ unitBytes, units: 4 }))});
        const [writer, reader] = [pool.writer(), pool.reader()];
        for (let unit = 0; unit < 4; unit++) writer.writeSync(new Uint8Array(${unitBytes}));
        globalThis.kept = reader.tryRead();
        globalThis.letGo = reader.tryRead().hold();
        reader.tryRead();
        globalThis.open = writer.tryAcquire(1);
        if (${JSON.stringify(ending)}) reader.tryRead(), reader.read().catch(() => {});
        ${ending}`,
        // The engine may collect a dropped lease before the process ends, and arena then warns of it.
        { execArgv: ['--disable-warning=ARENA_LEASE_LEAKED'] },
      );
      expect(end).toMatchObject({ code: 0, stderr: '' });
    }
  });
});

describe('the addon', () => {
  const stage = new Stage(pool);

  it('is loaded by fifty threads one after another, each of which leaves a lease out, and keeps nothing', async () => {
    const arena = stage.create({ unitBytes, units: 2 });
    const writer = arena.writer();
    const before = { mappings: arenaMappings().length, descriptors: arenaDescriptors().length };
    for (let round = 0; round < 50; round++) {
      await writer.write(new Uint8Array(unitBytes));
      const worker = thread(arena.handle, 'globalThis.lease = await pool.reader().read();');
      expect((await once(worker, 'exit'))[0]).toBe(0);
    }
    await until(() => arena.stats().leasesOut === 0);
    await until(() => arenaMappings().length === before.mappings);
    expect(arenaDescriptors()).toHaveLength(before.descriptors);
    expect(arena.stats()).toMatchObject({ readUnits: 50, readers: 0, inFlight: 0 });
  });
});

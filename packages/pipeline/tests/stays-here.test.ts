import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { inspect } from 'node:util';
import { serialize } from 'node:v8';
import { MessageChannel, Worker } from 'node:worker_threads';
import { ItemReader, ItemWriter, offloadItem, packItem } from '@arena/payloads';
import { PipelineBuilder, runInSubprocess } from '@arena/pipeline';
import { SegmentPool } from '@arena/transport-pool';
import { RingBuffer } from '@arena/transport-ring';
import { afterAll, describe, expect, it } from 'vitest';

const bytes = (count: number) => new Uint8Array(count);

const pool = SegmentPool.create({ segmentSize: 65536, segmentCount: 8 });
const ring = RingBuffer.create({ capacity: 65536 });
const pipeline = runInSubprocess(new URL('./fixtures/endless.js', import.meta.url));
const worker = new Worker('setInterval(() => {}, 1000)', { eval: true });
const { port1, port2 } = new MessageChannel();

const [writer, reader] = [pool.writer(), pool.reader()];
const [ringWriter, ringReader] = [ring.writer(), ring.reader()];
writer.writeSync(bytes(50000));
for (let i = 0; i < 4; i++) ringWriter.writeSync(bytes(10));
const builder = new PipelineBuilder().addSource([1]);

const sendHandle = /Send (the|its) handle .*arena\.handle/;
const sendCopy = /Send a copy of what it shows: \w+\.bytes\.slice\(\)/;
const objects: [string, () => unknown, RegExp][] = [
  ['a pool', () => pool, sendHandle],
  ['a ring', () => ring, sendHandle],
  ['a writer', () => writer, sendHandle],
  ['a reader', () => reader, sendHandle],
  ['a lease of shared memory', () => reader.tryRead(), sendCopy],
  ['a lease of private memory', () => ringReader.tryRead(), sendCopy],
  ['a lease of several', () => ringReader.tryReadMany(2)[0], sendCopy],
  ['a borrowed record', () => ringReader.tryBorrow(), sendCopy],
  ['an open unit of a pool', () => writer.tryAcquire(50000), /Commit it/],
  ['an open unit of a ring', () => ringWriter.tryAcquire(10), /Commit it/],
  ['an item writer', () => new ItemWriter(pool.writer()), sendHandle],
  ['an item reader', () => new ItemReader(pool.reader()), sendHandle],
  ['an iterator over units', () => reader[Symbol.asyncIterator](), /Iterate here/],
  ['an iterator over a pipeline', () => builder.build()[Symbol.asyncIterator](), /Iterate here/],
  ['an iterator over a pipeline that runs', () => pipeline[Symbol.asyncIterator](), /Iterate here/],
  ['a pipeline that runs', () => pipeline, /run its module there/],
  ['a pipeline', () => builder.build(), /Build it there/],
  ['a pipeline builder', () => builder, /Build there/],
];

const parties: { kill(): void }[] = [];

/** A child that is sent objects by `child.send`. */
function childWith(serialization: 'json' | 'advanced') {
  const program = ['-e', 'setInterval(() => {}, 1000)'];
  const child = spawn(process.execPath, program, {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    serialization,
  });
  parties.push(child);
  return child;
}
const [json, advanced] = [childWith('json'), childWith('advanced')];

type Send = (value: unknown) => unknown;

/** Ways of the engine's, whose errors quote a symbol. */
const clones: [string, Send][] = [
  ['structuredClone', structuredClone],
  ['v8.serialize', serialize],
  ['postMessage to a worker', (value) => worker.postMessage({ value })],
  ['postMessage to a port', (value) => port1.postMessage([value])],
  ['workerData', (workerData) => new Worker('', { eval: true, workerData })],
  ["child.send with serialization 'advanced'", (value) => advanced.send({ value })],
];

const others: [string, Send][] = [
  ['JSON.stringify', (value) => JSON.stringify({ value })],
  ["child.send with serialization 'json'", (value) => json.send({ value })],
  ['an item', (value) => offloadItem({ value })],
  ['a packed item', (value) => packItem({ value })],
];

function errorOf(send: Send, value: unknown): Error {
  try {
    send(value);
  } catch (error) {
    return error as Error;
  }
  throw new Error('it was sent');
}

describe.each(objects)('%s', (_, make, remedy) => {
  const object = make();

  it.each(clones)('is refused by %s, with what to send instead', (_, send) => {
    const { message } = errorOf(send, object);
    expect(message).toMatch(remedy);
    expect(message).toContain('cannot be sent or cloned');
  });

  it.each(others)('is refused by %s, with what to send instead', (_, send) => {
    expect(errorOf(send, object)).toMatchObject({
      code: 'ERR_ARENA_UNSENDABLE',
      message: expect.stringMatching(remedy),
    });
  });

  it('can be looked at', () => {
    expect(inspect(object, { getters: true, depth: 0 })).toContain('cannot be sent or cloned');
  });
});

describe('the value that an error advises to send instead', () => {
  it('arrives: a handle', async () => {
    const copy = structuredClone({ handle: pool.handle });
    SegmentPool.attach(copy.handle).close();
    port1.postMessage(pool.handle);
    expect(await once(port2, 'message')).toEqual([pool.handle]);
  });

  it('arrives: a copy of the bytes of a lease', () => {
    using other = RingBuffer.create({ capacity: 4096 });
    const lent = other.reader();
    other.writer().writeSync(Uint8Array.of(7));
    expect(structuredClone(lent.tryRead()?.bytes.slice())).toEqual(Uint8Array.of(7));
  });
});

it('an item that holds an arena is refused with its path', () => {
  expect(() => offloadItem({ setup: { pool } })).toThrow(
    /^item\.setup\.pool is an arena and cannot be sent\. Send its handle/,
  );
});

it('an arena still hears its listeners', () => {
  const heard: number[] = [];
  const listener = ({ pid }: { pid: number }) => heard.push(pid);
  const lost = { pid: 1, role: 'reader', reclaimedUnits: 0, reclaimedLeases: 0 } as const;
  pool.on('peer-lost', listener);
  pool.emit('peer-lost', lost);
  pool.removeAllListeners('peer-lost');
  pool.emit('peer-lost', lost);
  expect(heard).toEqual([1]);
  expect(() => structuredClone(pool)).toThrow('an arena cannot be sent or cloned');
});

afterAll(async () => {
  for (const party of parties) party.kill();
  port1.close();
  await Promise.all([worker.terminate(), pipeline.close()]);
  pool.close();
  ring.close();
});

/** A thread is terminated while its reader waits, and leaves no reader. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { SegmentPool } from '@arena/transport-pool';

const pool = SegmentPool.create({ segmentSize: 4096, segmentCount: 4 });
const source = `
  import('${import.meta.resolve('@arena/transport-pool')}').then(async ({ SegmentPool }) => {
    const { parentPort, workerData } = require('node:worker_threads');
    const reader = SegmentPool.attach(workerData).reader();
    parentPort.postMessage('ready');
    await reader.read();
  });`;

const waiting = new Worker(source, { eval: true, workerData: pool.handle });
await once(waiting, 'message');
await waiting.terminate();
for (let turn = 0; turn < 100 && pool.stats().readers > 0; turn++) await sleep(10);
assert.equal(pool.stats().readers, 0, 'the reader of a terminated thread stays');

const writer = pool.writer();
const own = pool.reader();
await writer.write(new Uint8Array(10));
const lease = await own.read();
assert.equal(lease.bytes.length, 10);
lease.release();
pool.close();
console.log('works');

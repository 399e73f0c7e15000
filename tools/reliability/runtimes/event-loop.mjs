/** Calls that wait are woken by another thread, and keep the process alive until then. */
import assert from 'node:assert/strict';
import { Worker } from 'node:worker_threads';
import { RingBuffer } from '@arena/transport-ring';

const ring = RingBuffer.create({ capacity: 2 ** 14, whenFull: 'wait', writers: 1 });
const source = `
  import('${import.meta.resolve('@arena/transport-ring')}').then(async ({ RingBuffer }) => {
    const { handle, units } = require('node:worker_threads').workerData;
    const ring = RingBuffer.attach(handle);
    const writer = ring.writer();
    await new Promise((resolve) => setTimeout(resolve, 300));
    for (let n = 0; n < units; n++) await writer.write(new Uint8Array(4096).fill(n));
    ring.close();
  });`;
const units = 200;
const reader = ring.reader({ from: 'oldest' });
const worker = new Worker(source, { eval: true, workerData: { handle: ring.handle, units } });
let count = 0;
for await (const lease of reader) {
  assert.ok(lease.bytes.every((byte) => byte === count % 256));
  lease.release();
  count++;
}
assert.equal(count, units);
await worker.terminate();
ring.close();
console.log('works');

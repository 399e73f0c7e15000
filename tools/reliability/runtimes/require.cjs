/** CommonJS gets the same modules. */
const assert = require('node:assert/strict');
const { RingBuffer } = require('@arena/transport-ring');

const ring = RingBuffer.create({ capacity: 4096 });
const reader = ring.reader();
ring.writer().writeSync(new Uint8Array([5]));
const lease = reader.readSync();
assert.equal(lease.bytes[0], 5);
lease.release();
ring.close();
console.log('works');

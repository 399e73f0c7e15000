/**
 * Measures the cost of an item's envelope, without an arena: the microseconds to offload and restore an item,
 * compared with the serializers of Node.js.
 *
 *   npx tsc -b packages/payloads && node benchmarks/micro/envelope.mjs
 *
 * The payload of 1 MiB is not copied here, because the cost of an item is compared. The figure of a
 * serializer that copies the payload includes the copy. JSON gets numbers in place of binaries, as markers.
 * Its figure includes the conversion of its text to bytes and back, and not the walks over the item that it
 * would need before and after.
 */
import { Buffer } from 'node:buffer';
import v8 from 'node:v8';
import { offloadItem, restoreItem } from '@arena/payloads';

const roundMs = 60;
const rounds = 7;

const small = Buffer.alloc(100, 7);
const large = Buffer.alloc(1 << 20, 7);
const nested = {
  id: 'clip-000017',
  label: 4,
  frames: Array.from({ length: 16 }, (_, i) => ({ pts: i * 512, key: i % 8 === 0, score: i / 7 })),
};

const numbers = { list: Array.from({ length: 1000 }, (_, i) => i) };

/** Name, item, and the value for JSON; undefined when JSON cannot express the item. */
const items = [
  ['{ i }', { i: 7 }, { i: 7 }],
  ['{ data: 100 B, i }', { data: small, i: 7 }, { data: 1, i: 7 }],
  ['{ data: 1 MiB, i }', { data: large, i: 7 }, { data: 1, i: 7 }],
  ['17 objects, 49 values', nested, nested],
  ['array of 1000 numbers', numbers, numbers],
  [
    'Map, Set, Date',
    { map: new Map([['a', 1]]), set: new Set([1, 2]), at: new Date(0) },
    undefined,
  ],
];

/** A lease over an offloaded item, whose release costs nothing. */
function leaseOn(offloaded) {
  const bytes = new Uint8Array(offloaded.byteLength);
  offloaded.copyTo(bytes);
  return { envelope: offloaded.envelope, bytes, zeroCopy: true, active: true, release() {} };
}

/** The median, over rounds, of the mean microseconds of a call. */
function microseconds(call) {
  const means = [];
  for (let round = 0; round < rounds; round++) {
    const begin = performance.now();
    let calls = 0;
    while (performance.now() - begin < roundMs) {
      for (let i = 0; i < 64; i++) call();
      calls += 64;
    }
    means.push(((performance.now() - begin) * 1000) / calls);
  }
  return means.sort((a, b) => a - b)[rounds >> 1].toFixed(2);
}

const scratch = Buffer.alloc(1 << 20);
const toJson = (item) => scratch.write(JSON.stringify(item), 0, 'latin1');
const fromJson = (byteLength) => JSON.parse(scratch.toString('latin1', 0, byteLength));

const rows = {};
for (const [name, item, json] of items) {
  const lease = leaseOn(offloadItem(item));
  const serialized = v8.serialize(item);
  const text = json === undefined ? 0 : toJson(json);
  rows[name] = {
    offload: microseconds(() => offloadItem(item)),
    restore: microseconds(() => restoreItem(lease)),
    'to JSON': text ? microseconds(() => toJson(json)) : '-',
    'from JSON': text ? microseconds(() => fromJson(text)) : '-',
    'v8.serialize': microseconds(() => v8.serialize(item)),
    'v8.deserialize': microseconds(() => v8.deserialize(serialized)),
  };
}
console.log(`microseconds an item, Node.js ${process.version}`);
console.table(rows);

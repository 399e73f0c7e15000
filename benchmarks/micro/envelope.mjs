/**
 * What an item's envelope costs, without any arena: microseconds an item to take it apart and to
 * make it again, beside the serializers that Node.js brings.
 *
 *   npx tsc -b packages/payloads && node benchmarks/micro/envelope.mjs
 *
 * The payload of `large` is never copied: what the columns compare is the cost per item, and a
 * serializer that copies it says so by its figure.
 */
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

/** Name, item, and whether JSON can carry it (binaries replaced by numbers, as markers would). */
const items = [
  ['{ i }', { i: 7 }, { i: 7 }],
  ['{ data: 100 B, i }', { data: small, i: 7 }, { data: 1, i: 7 }],
  ['{ data: 1 MiB, i }', { data: large, i: 7 }, { data: 1, i: 7 }],
  ['17 objects, 49 values', nested, nested],
  ['numbers, 1000', { list: Array.from({ length: 1000 }, (_, i) => i) }, null],
  [
    'Map, Set, Date',
    { map: new Map([['a', 1]]), set: new Set([1, 2]), at: new Date(0) },
    undefined,
  ],
];
items[4][2] = items[4][1];

/** A lease that holds what was offloaded, and whose end costs nothing. */
function leaseOn(offloaded) {
  const bytes = new Uint8Array(offloaded.byteLength);
  offloaded.copyTo(bytes);
  return { envelope: offloaded.envelope, bytes, zeroCopy: true, active: true, release() {} };
}

/** Median over rounds of the mean microseconds a call. */
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

const rows = {};
for (const [name, item, json] of items) {
  const lease = leaseOn(offloadItem(item));
  const serialized = v8.serialize(item);
  const text = JSON.stringify(json);
  rows[name] = {
    offload: microseconds(() => offloadItem(item)),
    restore: microseconds(() => restoreItem(lease)),
    'JSON.stringify': text ? microseconds(() => JSON.stringify(json)) : '-',
    'JSON.parse': text ? microseconds(() => JSON.parse(text)) : '-',
    'v8.serialize': microseconds(() => v8.serialize(item)),
    'v8.deserialize': microseconds(() => v8.deserialize(serialized)),
  };
}
console.log(`microseconds an item, Node.js ${process.version}`);
console.table(rows);

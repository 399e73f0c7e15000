/**
 * Measures how soon a process answers HTTP requests while it reads or writes units as fast as possible. No
 * call of arena waits then, and still the event loop must get its turns.
 *
 *   npx tsc -b && node benchmarks/micro/answers-under-stream.mjs [seconds]
 *
 * There are three processes: one writes, one reads and serves, and this one sends requests. Requests are 5 ms
 * apart, alternately through a kept connection and through a new one.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, createServer, get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ItemReader, ItemWriter } from '@arena/payloads';
import { SegmentPool } from '@arena/transport-pool';
import { RingBuffer } from '@arena/transport-ring';

const itself = fileURLToPath(import.meta.url);

const arenas = {
  ring: () => RingBuffer.create({ capacity: 1 << 22, whenFull: 'wait' }),
  pool: () => SegmentPool.create({ segmentSize: 1 << 16, segmentCount: 64 }),
};

/** Each runs until its process ends, and counts units. */
const streams = {
  'for await': async (arena, count) => {
    for await (const lease of arena.reader()) {
      lease.release();
      count();
    }
  },
  items: async (arena, count) => {
    for await (const item of new ItemReader(arena.reader())) {
      item[Symbol.dispose]();
      count();
    }
  },
  'await write': async (arena, count) => {
    const writer = arena.writer();
    const bytes = new Uint8Array(100);
    for (;;) {
      await writer.write(bytes);
      count();
    }
  },
};

const feeders = {
  'for await': async (arena) => {
    const writer = arena.writer();
    const batch = Array.from({ length: 64 }, () => new Uint8Array(100));
    for (;;) await writer.writeMany(batch);
  },
  items: async (arena) => {
    const writer = new ItemWriter(arena.writer());
    for (;;) await writer.write({ index: 1, name: 'item' });
  },
  'await write': async (arena) => {
    const reader = arena.reader();
    for (;;) for (const lease of (await reader.readMany(1000)) ?? []) lease.release();
  },
};

async function serve(kind, stream) {
  const arena = arenas[kind]();
  let units = 0;
  const server = createServer((_, response) => response.end(String(units))).listen(0);
  await once(server, 'listening');
  process.send({ handle: arena.handle, port: server.address().port });
  await streams[stream](arena, () => units++);
}

/** Milliseconds until the answer is complete. */
function ask(port, agent) {
  const begin = performance.now();
  return new Promise((resolve, reject) => {
    const request = get({ port, agent }, (response) => {
      response.resume().on('end', () => resolve(performance.now() - begin));
    });
    request.on('error', reject);
  });
}

const quantile = (sorted, share) => sorted[Math.floor(sorted.length * share)].toFixed(1);

async function measure(kind, stream, seconds) {
  const serving = fork(itself, ['serve', kind, stream]);
  const [{ handle, port }] = await once(serving, 'message');
  const feeding = fork(itself, ['feed', kind, stream, handle]);
  await sleep(500);
  const kept = new Agent({ keepAlive: true });
  const times = [];
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    times.push(await ask(port, times.length % 2 === 0 ? kept : undefined));
    await sleep(5);
  }
  kept.destroy();
  // End both at the same moment, because each would report the other's death.
  const exits = [feeding, serving].map((child) => once(child, 'exit'));
  for (const child of [feeding, serving]) child.kill('SIGKILL');
  await Promise.all(exits);
  times.sort((a, b) => a - b);
  return {
    answers: times.length,
    'p50 ms': quantile(times, 0.5),
    'p99 ms': quantile(times, 0.99),
    'longest ms': times.at(-1).toFixed(1),
  };
}

const [task, kind, stream, handle] = process.argv.slice(2);
if (task === 'serve') await serve(kind, stream);
else if (task === 'feed') {
  const Arena = kind === 'ring' ? RingBuffer : SegmentPool;
  await feeders[stream](Arena.attach(handle));
} else {
  const rows = {};
  for (const kind of Object.keys(arenas)) {
    for (const stream of Object.keys(streams)) {
      rows[`${kind}, ${stream}`] = await measure(kind, stream, Number(task ?? 3));
    }
  }
  console.table(rows);
}

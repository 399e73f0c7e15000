import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import type { Lease } from '@arena/shm-core';
import { expect, it } from 'vitest';
import { rejectionOf } from '../outcome.js';
import type { Pair, Stage } from '../stage.js';

/** Makes calls that need not wait, until `over`. */
type Stream = (pair: Pair, over: () => boolean) => Promise<void>;

const bytes = new Uint8Array(64);

const release = (lease: Lease | null) => lease?.release();

const streams: Record<string, Stream> = {
  async read({ writer, reader }, over) {
    while (!over()) {
      writer.tryWrite(bytes);
      release(await reader.read());
    }
  },
  async readInto({ writer, reader }, over) {
    while (!over()) {
      writer.tryWrite(bytes);
      await reader.readInto(new Uint8Array(64));
    }
  },
  async readMany({ writer, reader }, over) {
    while (!over()) {
      writer.tryWrite(bytes);
      (await reader.readMany(4))?.forEach(release);
    }
  },
  async 'for await'({ writer, reader }, over) {
    writer.tryWrite(bytes);
    for await (const lease of reader) {
      lease.release();
      if (over()) return;
      writer.tryWrite(bytes);
    }
  },
  async acquire({ writer, reader }, over) {
    while (!over()) {
      (await writer.acquire(64)).commit();
      release(reader.tryRead());
    }
  },
  async write({ writer, reader }, over) {
    while (!over()) {
      await writer.write(bytes);
      release(reader.tryRead());
    }
  },
  async writeMany({ writer, reader }, over) {
    while (!over()) {
      await writer.writeMany([bytes, bytes]);
      reader.tryReadMany(2).forEach(release);
    }
  },
  async 'read at the end of the stream'({ writer, reader }, over) {
    writer.close();
    while (!over()) expect(await reader.read()).toBeNull();
  },
  async 'a read that fails at once'({ reader }, over) {
    while (!over()) await rejectionOf(reader.read({ timeoutMs: 0 }));
  },
  async 'a write that fails at once'({ writer }, over) {
    while (!over()) await rejectionOf(writer.acquire(2 ** 30));
  },
};

/** `fact`, which throws after 30 s: in a starved event loop no timer of the runner could end the test. */
function unlessStarved(fact: () => boolean): () => boolean {
  const begin = performance.now();
  return () => {
    if (performance.now() - begin > 30_000) throw new Error('the event loop has not turned');
    return fact();
  };
}

export function describeTurns(stage: Stage): void {
  it.each(Object.entries(streams))('come while %s never waits', async (_, stream) => {
    let fired = 0;
    const timer = setInterval(() => fired++, 1);
    const over = unlessStarved(() => fired > 5);
    await stream(stage.pair(), over).finally(() => clearInterval(timer));
  });

  it('serve files, sockets and signals while a stream goes on', async () => {
    const { promise: served, over } = whatTheLoopServes();
    const { read } = streams;
    await read?.(stage.pair(), unlessStarved(over));
    await served;
  });

  it('let a signal end a stream that never waits', async () => {
    const { writer, reader } = stage.pair();
    const signal = AbortSignal.timeout(20);
    const never = unlessStarved(() => false);
    const stream = async () => {
      while (!never()) {
        await writer.write(bytes, { signal });
        release(await reader.read({ signal }));
      }
    };
    expect((await rejectionOf(stream())).name).toBe('TimeoutError');
  });

  it('come in the middle of one writeMany', async () => {
    const { arena, writer, reader } = stage.pair({ unitBytes: 2 ** 20, units: 16 });
    const units = Array.from({ length: 16 }, () => new Uint8Array(2 ** 20));
    let inTheMiddle = false;
    const look = () => {
      inTheMiddle ||= arena.stats().writtenUnits % units.length !== 0;
    };
    const timer = setInterval(look, 1);
    const over = unlessStarved(() => inTheMiddle);
    while (!over()) {
      await writer.writeMany(units);
      for (let lease = reader.tryRead(); lease !== null; lease = reader.tryRead()) lease.release();
    }
    clearInterval(timer);
  });

  it('leave the order of units unchanged', async () => {
    const { writer, reader } = stage.pair({ unitBytes: 4096, units: 4 });
    let fired = 0;
    const timer = setInterval(() => fired++, 1);
    const over = unlessStarved(() => fired > 20);
    const sent: number[] = [];
    const seen: number[] = [];
    const take = async () => {
      const lease = await reader.read();
      seen.push(lease?.bytes[0] ?? -1);
      release(lease);
    };
    for (let value = 0; !over(); value = (value + 2) % 250) {
      const writing = [writer.write(Uint8Array.of(value)), writer.write(Uint8Array.of(value + 1))];
      sent.push(value, value + 1);
      await Promise.all([take(), take(), ...writing]);
    }
    clearInterval(timer);
    expect(seen).toEqual(sent);
  });
}

/** A file, a connection and a signal. Each needs several turns of the event loop. */
function whatTheLoopServes(): { promise: Promise<unknown>; over: () => boolean } {
  let pending = 3;
  const done = () => {
    pending--;
  };
  const file = readFile(new URL(import.meta.url));
  const connection = connectOnce();
  const signal = once(process, 'SIGUSR2');
  process.kill(process.pid, 'SIGUSR2');
  const all = [file, connection, signal].map((served) => served.then(done));
  return { promise: Promise.all(all), over: () => pending === 0 };
}

async function connectOnce(): Promise<void> {
  const server = createServer((socket) => socket.end('served')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as { port: number }).port, '127.0.0.1');
  const [chunk] = await once(socket, 'data');
  expect(String(chunk)).toBe('served');
  server.close();
}

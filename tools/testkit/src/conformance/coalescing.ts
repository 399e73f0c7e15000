import type { Writer } from '@arena/shm-core';
import { expect, it } from 'vitest';
import { sleep } from '../left-behind.js';
import { isSettled } from '../outcome.js';
import type { Pair, Stage } from '../stage.js';
import { contentNow, nextContent } from '../take.js';

const units = 4;
const longest = 100;

/** A waiting call looks by itself this often, in any case. */
const recheckMs = 100;

export function describeCoalescing(stage: Stage): void {
  const unit = () => new Uint8Array(4096);
  const pair = (withinMs = longest) => stage.pair({ units }, { coalesce: { units: 3, withinMs } });
  const write = (writer: Writer) => expect(writer.tryWrite(unit())).toBe(true);

  /** A call in a stream: the call before it has waited a little, for less than `withinMs`. */
  async function waitInStream(
    { writer, reader }: Pair,
    { withinMs = longest, before = () => {} } = {},
  ) {
    // A busy machine may make the wait too long for a stream.
    for (let waitedMs = withinMs; waitedMs >= withinMs; ) {
      const since = performance.now();
      const first = nextContent(reader);
      await sleep(2);
      write(writer);
      await first;
      waitedMs = performance.now() - since;
    }
    before();
    const began = performance.now();
    return { waiting: nextContent(reader), elapsed: () => performance.now() - began };
  }

  /**
   * The result of a `play` that the machine did not slow down. On a busy machine a wait of 2 ms takes
   * longer, so the units are no stream, and a call looks by itself before the test. Then this plays again.
   */
  async function undisturbed<T>(play: () => Promise<T>): Promise<T> {
    while (true) {
      const began = performance.now();
      const found = await play();
      if (performance.now() - began < recheckMs) return found;
    }
  }

  it('does not keep the first unit from a reader', async () => {
    const { writer, reader } = pair();
    const waiting = nextContent(reader);
    write(writer);
    expect(await isSettled(waiting)).toBe(true);
  });

  it('wakes a call once as many units are there, which later calls find', async () => {
    const { both, call, early } = await undisturbed(async () => {
      const both = pair();
      const call = await waitInStream(both);
      write(both.writer);
      write(both.writer);
      return { both, call, early: await isSettled(call.waiting) };
    });
    expect(early).toBe(false);
    write(both.writer);
    await call.waiting;
    expect([contentNow(both.reader), contentNow(both.reader)]).not.toContain(null);
  });

  it.each<[string, () => void]>([
    ['after its time', () => {}],
    ['after its time, which begins with the call, however busy the thread was', () => keepBusy(15)],
  ])('wakes a call for fewer %s', async (_, before) => {
    const elapsed = await undisturbed(async () => {
      const both = pair(20);
      const call = await waitInStream(both, { withinMs: 20, before });
      write(both.writer);
      await call.waiting;
      return call.elapsed();
    });
    // Node's clock and its timers count whole milliseconds.
    expect(elapsed).toBeGreaterThanOrEqual(19);
  });

  it('does not hold up a stream that is slow', async () => {
    const both = pair(1);
    const waiting = nextContent(both.reader);
    expect(await isSettled(waiting)).toBe(false);
    write(both.writer);
    await waiting;
    const next = nextContent(both.reader);
    write(both.writer);
    expect(await isSettled(next)).toBe(true);
  });

  it.each<[string, (writer: Writer) => void]>([
    ['a flush', (writer) => writer.flush()],
    ["the writer's end", (writer) => writer.close()],
  ])('wakes a call for fewer at %s', async (_, act) => {
    const { both, call, early } = await undisturbed(async () => {
      const both = pair();
      const call = await waitInStream(both);
      write(both.writer);
      return { both, call, early: await isSettled(call.waiting) };
    });
    expect(early).toBe(false);
    act(both.writer);
    expect(await isSettled(call.waiting)).toBe(true);
  });

  it.runIf(stage.transport.zeroCopy)(
    'wakes a call for fewer when a writer finds no space',
    async () => {
      const { both, call, early, leases } = await undisturbed(async () => {
        const both = pair();
        const leases = Array.from({ length: units - 1 }, () => {
          write(both.writer);
          return both.reader.tryRead();
        });
        const call = await waitInStream(both);
        write(both.writer);
        return { both, call, leases, early: await isSettled(call.waiting) };
      });
      expect(early).toBe(false);
      expect(both.writer.tryAcquire(4096)).toBeNull();
      expect(await isSettled(call.waiting)).toBe(true);
      for (const lease of leases) lease?.release();
    },
  );

  it('gives a call the units that have come when its deadline ends', async () => {
    const { writer, reader } = pair();
    const first = nextContent(reader);
    await sleep(2);
    write(writer);
    await first;
    const waiting = reader.read({ timeoutMs: 20 });
    write(writer);
    const lease = await waiting;
    expect(lease?.bytes.byteLength).toBe(4096);
    lease?.release();
  });
}

/** Blocks the event loop of this thread. */
function keepBusy(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end) {}
}

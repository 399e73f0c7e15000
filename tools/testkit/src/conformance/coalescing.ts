import type { Writer } from '@arena/shm-core';
import { expect, it } from 'vitest';
import { sleep } from '../left-behind.js';
import { isSettled } from '../outcome.js';
import type { Pair, Stage } from '../stage.js';
import { contentNow, nextContent } from '../take.js';

const units = 4;
const withinMs = 100;

export function describeCoalescing(stage: Stage): void {
  const unit = () => new Uint8Array(4096);
  const pair = (within = withinMs) =>
    stage.pair({ units }, { coalesce: { units: 3, withinMs: within } });
  const write = (writer: Writer) => expect(writer.tryWrite(unit())).toBe(true);

  /**
   * A call that waits after one that waited a little: for less than `within` ms, which on a busy
   * machine takes more than one wait.
   */
  async function waitInStream({ writer, reader }: Pair, within = withinMs) {
    let waited = within;
    while (waited >= within) {
      const asked = performance.now();
      const first = nextContent(reader);
      await sleep(2);
      write(writer);
      await first;
      waited = performance.now() - asked;
    }
    const began = performance.now();
    return { waiting: nextContent(reader), elapsed: () => performance.now() - began };
  }

  /** Unless this machine took longer than the call may be kept waiting. */
  async function expectWaiting({ waiting, elapsed }: Awaited<ReturnType<typeof waitInStream>>) {
    const settled = await isSettled(waiting);
    if (elapsed() < withinMs) expect(settled).toBe(false);
  }

  it('does not keep the first unit from a reader', async () => {
    const { writer, reader } = pair();
    const waiting = nextContent(reader);
    write(writer);
    expect(await isSettled(waiting)).toBe(true);
  });

  it('wakes a call once as many units are there, which later calls find', async () => {
    const both = pair();
    const call = await waitInStream(both);
    write(both.writer);
    write(both.writer);
    await expectWaiting(call);
    write(both.writer);
    await call.waiting;
    expect([contentNow(both.reader), contentNow(both.reader)]).not.toContain(null);
  });

  it('wakes a call for fewer after its time', async () => {
    const both = pair(20);
    const { waiting, elapsed } = await waitInStream(both, 20);
    write(both.writer);
    await waiting;
    // Node's clock and its timers count whole milliseconds.
    expect(elapsed()).toBeGreaterThanOrEqual(19);
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
    const both = pair();
    const call = await waitInStream(both);
    write(both.writer);
    await expectWaiting(call);
    act(both.writer);
    expect(await isSettled(call.waiting)).toBe(true);
  });

  it.runIf(stage.transport.zeroCopy)(
    'wakes a call for fewer when a writer finds no space',
    async () => {
      const both = pair();
      const leases = Array.from({ length: units - 1 }, () => {
        write(both.writer);
        return both.reader.tryRead();
      });
      const call = await waitInStream(both);
      write(both.writer);
      await expectWaiting(call);
      expect(both.writer.tryAcquire(4096)).toBeNull();
      expect(await isSettled(call.waiting)).toBe(true);
      for (const lease of leases) lease?.release();
    },
  );

  it('gives a call what has come when its deadline ends', async () => {
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

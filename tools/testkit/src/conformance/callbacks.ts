import { expect, it } from 'vitest';
import { failureOf, rejectionOf } from '../outcome.js';
import type { Stage } from '../stage.js';
import { contentNow, nextContent } from '../take.js';

/** The code of a program that runs in the middle of a call: getters, and what it does while the call waits. */
export function describeCallbacks(stage: Stage): void {
  /** A list whose second element is a getter. It acts the second time: the arguments are checked before. */
  function listThat(act: () => void, first: Uint8Array = Uint8Array.of(1)): Uint8Array[] {
    let asked = 0;
    const get = () => {
      if (++asked === 2) act();
      return Uint8Array.of(2);
    };
    const units: Uint8Array[] = [first, Uint8Array.of(2)];
    return Object.defineProperty(units, 1, { get });
  }

  it('may transfer the bytes of one unit when they are asked for another', async () => {
    const { arena, writer } = stage.pair({ unitBytes: 2 ** 20 });
    const first = new Uint8Array(2 ** 20);
    const units = listThat(() => structuredClone(first, { transfer: [first.buffer] }), first);
    const failure = failureOf(() => writer.tryWriteMany(units));
    expect(failure.message).toMatch(/^every unit must have bytes: .* transferred away/);
    expect(arena.stats().writtenUnits).toBe(0);
  });

  it('may write to the same arena, or close it, when they are asked for a unit', async () => {
    const { arena, writer, reader } = stage.pair();
    expect(writer.tryWriteMany(listThat(() => writer.writeSync(Uint8Array.of(9))))).toBe(2);
    const values = [9, 1, 2].map(() => contentNow(reader)?.bytes[0]);
    expect(values).toEqual([9, 1, 2]);
    const failure = failureOf(() => writer.tryWriteMany(listThat(() => arena.close())));
    expect(failure.code).toBe('ERR_ARENA_CLOSED');
  });

  it('may close the reader when it is asked for an option', async () => {
    const { reader } = stage.pair();
    let asked = 0;
    const options = {
      get timeoutMs() {
        if (++asked === 3) reader.close();
        return 60_000;
      },
    };
    expect((await rejectionOf(reader.read(options))).code).toBe('ERR_ARENA_CLOSED');
  });

  it('may put something else into a list of units while its call waits', async () => {
    const { arena, writer, reader } = stage.pair({ units: 1 });
    const units: Uint8Array[] = [4096, 4096, 1].map((byteLength) => new Uint8Array(byteLength));
    const failure = rejectionOf(writer.writeMany(units));
    units[2] = 'text' as unknown as Uint8Array;
    await nextContent(reader);
    await nextContent(reader);
    expect(await failure).toMatchObject({
      code: 'ERR_ARENA_INVALID_ARGUMENT',
      details: { written: 2 },
    });
    expect((await failure).message).toMatch(/Uint8Array, got 'text'/);
    expect(arena.stats().writtenUnits).toBe(2);
  });

  it('may wrap a list of units in a Proxy', async () => {
    const { writer, reader } = stage.pair();
    const units = new Proxy([Uint8Array.of(1), Uint8Array.of(2)], {});
    expect(writer.tryWriteMany(units)).toBe(2);
    await writer.writeMany(units);
    const values = [1, 2, 1, 2].map(() => contentNow(reader)?.bytes[0]);
    expect(values).toEqual([1, 2, 1, 2]);
  });

  it('may transfer the target of a read that waits, which then takes no unit', async () => {
    const { writer, reader } = stage.pair();
    const target = new Uint8Array(8);
    const failure = rejectionOf(reader.readInto(target));
    structuredClone(target, { transfer: [target.buffer] });
    await writer.write(new Uint8Array(0), { envelope: Uint8Array.of(1) });
    expect((await failure).message).toMatch(/^target must have bytes: .* transferred away/);
    expect(contentNow(reader)?.envelope).toEqual(Uint8Array.of(1));
  });
}

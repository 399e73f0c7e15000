import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createLockedRing, LockedReadEnd, LockedWriteEnd } from '../../dist/fanout/locked-ends.js';
import { addonPath } from '../../dist/kit/native.js';

const record = (value: number) => new Uint8Array(16).fill(value);

describe('the ring with a lock', () => {
  it('gives every reader every record, in order, and ends when the writer is done', async () => {
    const ring = createLockedRing(4, 16);
    const reader = new LockedReadEnd(ring, 16);
    const writer = new LockedWriteEnd(ring);
    expect(writer.tryWrite([record(1), record(2), record(3)])).toBe(3);
    expect(reader.tryRead()).toEqual(record(1));
    expect(reader.lag).toBe(3);
    expect(reader.tryRead()).toEqual(record(2));
    ring.writerDone();
    expect(reader.tryRead()).toEqual(record(3));
    expect(reader.tryRead()).toBeUndefined();
    expect(await reader.wait()).toBe(false);
    ring.close();
  });

  it('never overwrites: a record that does not fit is refused until the reader has read', async () => {
    const ring = createLockedRing(2, 16);
    const reader = new LockedReadEnd(ring, 16);
    const writer = new LockedWriteEnd(ring);
    expect(await writer.write([record(1), record(2), record(3)], 30)).toBe(2);
    expect(reader.tryRead()).toEqual(record(1));
    expect(writer.tryWrite([record(4)])).toBe(1);
    // The same buffer each time.
    expect([reader.tryRead()?.[0], reader.tryRead()?.[0]]).toEqual([2, 4]);
    ring.close();
  });

  it('wakes a reader in another process, and ends with its parent', async () => {
    const ring = createLockedRing(2, 16);
    new LockedWriteEnd(ring);
    const script = `
      const { LockedRing } = require(${JSON.stringify(addonPath())});
      const ring = new LockedRing(${JSON.stringify(ring.handle())});
      ring.addReader();
      const target = new Uint8Array(16);
      console.log('ready');
      while (ring.read(target, 1000) !== 0);
      console.log('read ' + target[5]);`;
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    child.stdout.setEncoding('utf8');
    expect(await once(child.stdout, 'data')).toEqual(['ready\n']);
    expect(ring.tryWrite(record(42))).toBe(true);
    expect(await once(child.stdout, 'data')).toEqual(['read 42\n']);
    await once(child, 'close');
    ring.close();
  });

  it('takes only records that fill a slot', () => {
    const ring = createLockedRing(2, 16);
    ring.addWriter();
    expect(() => ring.tryWrite(new Uint8Array(15))).toThrow('a record has to fill its slot');
    ring.close();
  });
});

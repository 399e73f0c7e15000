import { expect, it } from 'vitest';
import type { Stage } from '../stage.js';

/** A writer whose only reader is in the same thread. */
export function describeOneThread(stage: Stage): void {
  const options = JSON.stringify(stage.options({ unitBytes: 65536, units: 2 }));
  const prelude = `
    process.on('warning', ({ code, message }) => console.log(JSON.stringify({ code, message })));
    const arena = Arena.create(${options});
    const [writer, reader] = [arena.writer(), arena.reader()];
    const unit = new Uint8Array(65536);`;

  it.each([
    ['waits', 'await writer.write(unit)', 'Begin to read before the first write'],
    ['blocks', 'writer.writeSync(unit)', 'waits for ever'],
  ])('is warned when it %s before anything is read', async (_, write, remedy) => {
    const script = stage.script(`${prelude} for (;;) ${write};`);
    const { code, message } = JSON.parse(await script.line());
    expect(code).toBe('ARENA_OWN_READERS');
    expect(message).toContain('only readers of this same thread can make it');
    expect(message).toContain(remedy);
    await script.kill();
  });

  it('is not warned while that reads slowly', async () => {
    const script = stage.script(`${prelude}
      for (let count = 0; count < 10; count++) writer.tryWrite(new Uint8Array(8));
      // The last of them waits until all small units are read.
      (async () => { for (let count = 0; count < 3; count++) await writer.write(unit); writer.close(); })();
      for await (const lease of reader) {
        const small = lease.bytes.length === 8;
        lease.release();
        if (small) await new Promise((resolve) => setTimeout(resolve, 400));
      }
      console.log('read');`);
    expect(await script.line()).toBe('read');
    expect((await script.end).code).toBe(0);
  });
}

import { expect, it } from 'vitest';
import { sleep, until } from '../left-behind.js';
import type { Stage } from '../stage.js';
import { nextContent } from '../take.js';

export function describeEventLoop(stage: Stage): void {
  it('turns while a read waits', async () => {
    const { writer, reader } = stage.pair();
    const reading = reader.read();
    await ticks(5);
    await writer.write(Uint8Array.of(1));
    (await reading)?.release();
  });

  it('turns while a write waits', async () => {
    const { writer, reader } = stage.pair({ unitBytes: 4096, units: 1 });
    await writer.write(new Uint8Array(4096));
    const writing = writer.write(new Uint8Array(4096));
    await ticks(5);
    await nextContent(reader);
    await writing;
  });

  it('turns while another process writes as fast as it can', async () => {
    const arena = stage.create({ unitBytes: 4096, units: 4 });
    const reader = arena.reader();
    const peer = await stage.peer(arena.handle);
    const writing = peer.call('write', { writer: 0, count: 1e9, byteLength: 64 }).catch(() => {});
    let reads = 0;
    let stop = false;
    const consume = async () => {
      while (!stop) {
        await nextContent(reader);
        reads++;
      }
    };
    const consuming = consume();
    await until(() => reads > 1000);
    stop = true;
    await consuming;
    await peer.kill();
    await writing;
  });

  it('ends with an idle arena, writer and reader, and leaves nothing', async () => {
    const script = stage.script(
      `const arena = Arena.create(JSON.parse(process.argv[1]));
      const writer = arena.writer();
      const reader = arena.reader();
      await writer.write(Uint8Array.of(1));
      globalThis.kept = [arena, writer, reader, await reader.read(), await writer.acquire(10)];
      console.log('idle');`,
      { args: [JSON.stringify(stage.options())] },
    );
    expect(await script.end).toMatchObject({ code: 0, stdout: 'idle\n', stderr: '' });
  });

  it('ends with an arena that waited and waits no more', async () => {
    const script = stage.script(
      `const arena = Arena.create(JSON.parse(process.argv[1]));
      const reader = globalThis.kept = arena.reader();
      await reader.read({ timeoutMs: 20 }).catch((error) => console.log(error.code));`,
      { args: [JSON.stringify(stage.options())] },
    );
    expect(await script.end).toMatchObject({ code: 0, stdout: 'ERR_ARENA_TIMEOUT\n' });
  });

  it('stays for a read that waits, and ends after it', async () => {
    const arena = stage.create();
    const script = stage.script(
      `const reader = Arena.attach(process.argv[1]).reader();
      console.log('waits');
      console.log((await reader.read()).bytes[0]);`,
      { args: [arena.handle] },
    );
    expect(await script.line()).toBe('waits');
    await sleep(150);
    await arena.writer().write(Uint8Array.of(5));
    expect(await script.end).toMatchObject({ code: 0, stdout: 'waits\n5\n' });
  });

  it('stays for a write that waits, and ends after it', async () => {
    const arena = stage.create({ unitBytes: 4096, units: 1 });
    const reader = arena.reader();
    const script = stage.script(
      `const writer = Arena.attach(process.argv[1]).writer();
      await writer.write(new Uint8Array(4096));
      console.log('waits');
      await writer.write(new Uint8Array(4096));
      console.log('written');`,
      { args: [arena.handle] },
    );
    expect(await script.line()).toBe('waits');
    await sleep(150);
    await nextContent(reader);
    expect(await script.end).toMatchObject({ code: 0, stdout: 'waits\nwritten\n' });
  });

  it('is not needed by a loss while no call waits', async () => {
    const script = stage.script(
      `const arena = globalThis.kept = Arena.create(JSON.parse(process.argv[1]));
      arena.on('peer-lost', () => {});
      arena.writer();
      console.log('listens');`,
      { args: [JSON.stringify(stage.options())] },
    );
    expect(await script.end).toMatchObject({ code: 0, stdout: 'listens\n' });
  });
}

/** Resolves once a timer has fired this many times. Never resolves when the event loop does not turn. */
async function ticks(count: number): Promise<void> {
  let fired = 0;
  const timer = setInterval(() => fired++, 1);
  await until(() => fired >= count);
  clearInterval(timer);
}

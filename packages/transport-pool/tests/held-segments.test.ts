/** A process that keeps the writers of a pool waiting gets a warning with the places of its leases. */
import { Stage } from '@arena/testkit';
import { describe, expect, it } from 'vitest';
import { fanOutPool, pool } from './pool.js';

const unitBytes = 65536;
const warning = 'ARENA_SEGMENTS_HELD';

/** A script that follows commands and prints one line for each warning. */
const withWarnings = (text: string) => `
  process.on('warning', ({ code, message }) => console.log(JSON.stringify({ code, message })));
  ${text}`;

interface Warned {
  readonly code: string;
  readonly message: string;
}

describe.each([pool, fanOutPool])('leases of a $name that are not released', (transport) => {
  const stage = new Stage(transport);
  const unit = new Uint8Array(unitBytes);

  /** A reader in a process of its own, whose arena has three segments, and a writer that fills them. */
  function stall(text: string, execArgv: readonly string[] = []) {
    const arena = stage.create({ unitBytes, units: 3 });
    const script = stage.script(withWarnings(text), { args: [arena.handle], execArgv });
    const writer = arena.writer();
    const written = (async () => {
      await script.line();
      for (let number = 0; number < 4; number++) await writer.write(unit);
    })();
    written.catch(() => {});
    const warned = async () => JSON.parse(await script.line()) as Warned;
    return { arena, script, written, warned };
  }

  const keepAlive = 'setInterval(() => {}, 1e6);';

  it('cause a warning with their places while their process waits for units', async () => {
    const { warned, script } = stall(`
      const reader = Arena.attach(process.argv[1]).reader();
      console.log('ready');
      const kept = [];
      async function takeAndForget() {
        while (kept.length < 3) {
          await new Promise((resolve) => setTimeout(resolve, 5));
          const lease = reader.tryRead();
          if (lease) kept.push(lease);
        }
      }
      await takeAndForget();
      await reader.read();`);
    const { code, message } = await warned();
    expect(code).toBe(warning);
    expect(message).toMatch(/Writers have waited for [\d.]+ s/);
    expect(message).toContain('holds 3 of its 3 segments (3 leased)');
    expect(message).toContain('3 of them');
    expect(message).toContain('takeAndForget');
    expect(message).toContain('release()');
    await script.kill();
  });

  it('cause a warning while their process does something else', async () => {
    const { warned, script } = stall(`${keepAlive}
      const reader = Arena.attach(process.argv[1]).reader();
      console.log('ready');
      globalThis.kept = [];
      while (kept.length < 3) kept.push(await reader.read());`);
    expect((await warned()).code).toBe(warning);
    await script.kill();
  });

  it('cause a warning at once when the thread blocks', async () => {
    const { warned, script } = stall(`
      const reader = Arena.attach(process.argv[1]).reader();
      console.log('ready');
      const kept = [];
      function takeBlocking() { kept.push(reader.readSync()); }
      for (let unit = 0; unit < 3; unit++) takeBlocking();
      const { writeSync } = await import('node:fs');
      process.removeAllListeners('warning');
      process.on('warning', ({ code, message }) =>
        writeSync(1, JSON.stringify({ code, message }) + '\\n'));
      reader.readSync();`);
    const { code, message } = await warned();
    expect(code).toBe(warning);
    expect(message).toContain('takeBlocking');
    await script.kill();
  });

  it('come back by a garbage collection when no code refers to them', async () => {
    const { written, warned, script } = stall(`${keepAlive}
      const reader = Arena.attach(process.argv[1]).reader();
      console.log('ready');
      async function takeOne() { (await reader.read()).bytes[0]; }
      for (let unit = 0; unit < 3; unit++) await takeOne();`);
    await written;
    // The engine may have collected the leases before a writer has waited for a second.
    const codes = [(await warned()).code];
    if (codes[0] === warning) codes.push((await warned()).code);
    expect(codes.at(-1)).toBe('ARENA_LEASE_LEAKED');
    await script.kill();
  });

  it('cause no warning while a segment is free, or while no writer waits for one', async () => {
    const arena = stage.create({ unitBytes, units: 3 });
    const script = stage.script(
      withWarnings(`
        const reader = Arena.attach(process.argv[1]).reader();
        console.log('ready');
        const kept = [await reader.read(), await reader.read()];
        await reader.read({ timeoutMs: 2500 }).catch(() => {});
        console.log('nothing');
        process.exit(0);`),
      { args: [arena.handle] },
    );
    await script.line();
    const writer = arena.writer();
    await writer.write(unit);
    await writer.write(unit);
    expect(await script.line()).toBe('nothing');
    expect((await script.end).stderr).toBe('');
  });
});

describe('units of a pool that are not ended', () => {
  const stage = new Stage(pool);

  it('cause a warning when their writer waits for one more', async () => {
    const arena = stage.create({ unitBytes, units: 2 });
    const script = stage.script(
      withWarnings(`
        const writer = Arena.attach(process.argv[1]).writer();
        globalThis.kept = [await writer.acquire(${unitBytes}), await writer.acquire(${unitBytes})];
        await writer.acquire(${unitBytes});`),
      { args: [arena.handle] },
    );
    const { code, message } = JSON.parse(await script.line()) as Warned;
    expect(code).toBe(warning);
    expect(message).toContain('holds 2 of its 2 segments (2 open)');
    expect(message).toContain('commit()');
    await script.kill();
  });
});

/** ARENA_DUMP_ON_STALL_MS: a call that waits for this long prints the report of `arena inspect`. */
import { Stage } from '@arena/testkit';
import { describe, expect, it } from 'vitest';
import { pool } from './pool.js';

const unitBytes = 4096;
const dumpsIn = (stderr: string) => stderr.match(/has waited for/g)?.length ?? 0;

describe('a call that waits for longer than ARENA_DUMP_ON_STALL_MS', () => {
  const stage = new Stage(pool);
  const env = { ARENA_DUMP_ON_STALL_MS: '300' };

  it.each([
    ['A call', 'await reader.read({ timeoutMs: 1500 }).catch(() => {});'],
    ['A blocking call', 'try { reader.readSync({ timeoutMs: 1500 }); } catch {}'],
  ])('writes once, on stderr, which processes wait for which: %s', async (what, wait) => {
    const arena = stage.create({ unitBytes, units: 2 });
    const writer = arena.writer();
    const script = stage.script(
      `const reader = Arena.attach(process.argv[1]).reader();
      ${wait}`,
      { args: [arena.handle], env },
    );
    const { stderr, code } = await script.end;
    expect(stderr).toMatch(
      new RegExp(`^arena: ${what} of process ${script.pid} has waited for 0\\.[3-9]`),
    );
    expect(stderr).toContain('arena: Calls wait, and none is stuck:');
    expect(stderr).toContain(`1 reader waits (process ${script.pid})`);
    expect(stderr).toContain(`process ${process.pid} may write more`);
    expect(stderr).toContain('Segments: 2, of which 2 are free');
    expect(dumpsIn(stderr)).toBe(1);
    expect(code).toBe(0);
    writer.close();
  });

  it('writes again for the next call', async () => {
    const arena = stage.create({ unitBytes, units: 2 });
    const writer = arena.writer();
    const script = stage.script(
      `const reader = Arena.attach(process.argv[1]).reader();
      for (let call = 0; call < 2; call++) await reader.read({ timeoutMs: 600 }).catch(() => {});`,
      { args: [arena.handle], env },
    );
    expect(dumpsIn((await script.end).stderr)).toBe(2);
    writer.close();
  });

  it('writes nothing without the variable, and warns when its value is no number', async () => {
    const arena = stage.create({ unitBytes, units: 2 });
    const writer = arena.writer();
    const text = `const reader = Arena.attach(process.argv[1]).reader();
      await reader.read({ timeoutMs: 600 }).catch(() => {});`;
    const quiet = stage.script(text, { args: [arena.handle] });
    expect((await quiet.end).stderr).toBe('');
    const wrong = { ARENA_DUMP_ON_STALL_MS: 'soon' };
    const warned = stage.script(text, { args: [arena.handle], env: wrong });
    const { stderr } = await warned.end;
    expect(stderr).toContain("ARENA_DUMP_ON_STALL_MS must be a number of milliseconds, got 'soon'");
    expect(dumpsIn(stderr)).toBe(0);
    writer.close();
  });
});

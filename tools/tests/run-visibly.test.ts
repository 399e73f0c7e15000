import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runVisibly } from '../commands/run-visibly.js';

const module = new URL('../commands/run-visibly.js', import.meta.url).href;

/** Resolves once `fact` holds. When it never holds, the runner's timeout ends the test. */
async function until(fact: () => boolean) {
  while (!fact()) await new Promise((resolve) => setTimeout(resolve, 10));
}

function isAlive(pid: number) {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** Runs a process that runs `command` visibly. */
function runner(
  command: string[],
  options: object = {},
): ChildProcess & { stdout: NodeJS.ReadableStream } {
  const script = `
    import { runVisibly } from ${JSON.stringify(module)};
    const ended = await runVisibly(${JSON.stringify(command)}, ${JSON.stringify(options)});
    console.log('ended well:', ended);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return child as ReturnType<typeof runner>;
}

describe('a command that is run visibly', () => {
  it('succeeds when it ends with 0, and in no other way', async () => {
    expect(await runVisibly(['true'])).toBe(true);
    expect(await runVisibly(['false'])).toBe(false);
    expect(await runVisibly(['sh', '-c', 'kill -KILL $$'])).toBe(false);
    expect(await runVisibly(['/no/such/command'])).toBe(false);
  });

  it('shows its output, or is quiet', async () => {
    const shown = runner(['echo', 'hello']);
    expect(await text(shown.stdout)).toBe('hello\nended well: true\n');
    const quiet = runner(['echo', 'hello'], { quiet: true });
    expect(await text(quiet.stdout)).toBe('ended well: true\n');
  });

  it('is ended at its limit, with the processes that it started', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'arena-run-visibly-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'pid');
    const started = `sleep 1000 & echo $! > '${file}'; wait`;
    expect(await runVisibly(['sh', '-c', started], { limitMs: 500 })).toBe(false);
    const pid = Number(readFileSync(file, 'utf8'));
    await until(() => !isAlive(pid));
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('is ended first by %s', async (signal) => {
    const child = runner(['sh', '-c', 'sleep 1000 & echo $!; wait']);
    const [line] = await once(child.stdout, 'data');
    const pid = Number(String(line));
    child.kill(signal);
    const [code] = await once(child, 'exit');
    expect(code).toBe(1);
    await until(() => !isAlive(pid));
  });
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it, onTestFinished } from 'vitest';
import { arenaBin } from './arena-command.js';

/** More than any pipe holds. */
const byteLength = 2 ** 21;

/** The bytes that a late reader gets, and the exit status of the command. */
async function readAfter(seconds: number, ...args: string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'arena-output-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const preload = join(folder, 'talk.cjs');
  writeFileSync(preload, `process.stdout.write('x'.repeat(${byteLength}));`);
  const pipeline = `"$@" | (sleep ${seconds}; tr -cd x | wc -c)`;
  const command = [process.execPath, '--require', preload, arenaBin, ...args];
  const child = spawn('bash', ['-o', 'pipefail', '-c', pipeline, 'bash', ...command], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const closed = once(child, 'close');
  const read = Number(await text(child.stdout));
  const [status] = await closed;
  return { read, status };
}

it('a command that fails ends once its output is read', async () => {
  const { read, status } = await readAfter(1, 'ls', '--no-such-flag');
  expect(read).toBeGreaterThanOrEqual(byteLength);
  expect(status).toBe(2);
});

it('a command that succeeds ends once its output is read, however late', async () => {
  const { read, status } = await readAfter(11, 'ls');
  expect(read).toBeGreaterThanOrEqual(byteLength);
  expect(status).toBe(0);
});

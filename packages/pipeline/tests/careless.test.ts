import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';

const script = fileURLToPath(new URL('./fixtures/careless.js', import.meta.url));

let consumer: ChildProcess | undefined;
afterEach(() => consumer?.kill('SIGKILL'));

/** The first warning of a consumer that keeps or drops its items. */
async function warningOf(how: string): Promise<{ code: string; message: string }> {
  consumer = spawn(process.execPath, ['--expose-gc', script, how], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const output = createInterface({ input: consumer.stdout as NodeJS.ReadableStream });
  const [line] = await once(output, 'line');
  return JSON.parse(line);
}

it('a warning about dropped items of a pipeline names the frames of the loop', async () => {
  const { code, message } = await warningOf('drop');
  expect(code).toBe('ARENA_LEASE_LEAKED');
  expect(message).toContain('dropEveryItem');
  expect(message).not.toMatch(/packages.(shm-core|payloads|pipeline).(dist|src)/);
});

it('a warning about kept items that hold all segments names the loop of the pipeline', async () => {
  const { code, message } = await warningOf('keep');
  expect(code).toBe('ARENA_SEGMENTS_HELD');
  expect(message).toContain('holds 3 of its 3 segments (3 leased)');
  expect(message).toContain('keepEveryItem');
});

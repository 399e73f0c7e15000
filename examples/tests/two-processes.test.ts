import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { run } from './run.js';

it('two processes hand on every frame, in order', async () => {
  const { status, lines, stderr } = await run('two-processes');
  expect(stderr).toBe('');
  expect(lines).toEqual(Array.from({ length: 100 }, (_, frame) => String(frame)));
  expect(status).toBe(0);
});

it('the README shows the example that is run', () => {
  const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
  expect(read('../../README.md')).toContain(read('../two-processes/main.mjs'));
});

/** The addon as a file. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const addon = readFileSync(new URL('../build/Release/arena_shm.node', import.meta.url));

it('never asks Node to end the process', () => {
  expect(addon.includes('napi_create_external_arraybuffer')).toBe(true);
  expect(addon.includes('napi_fatal_error')).toBe(false);
});

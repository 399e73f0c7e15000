import { expect, it } from 'vitest';
import { measureCopyLimit } from '../../dist/kit/copy-limit.js';

const config = { bytes: 65_536, items: 4, segments: 2, runs: 1 };

it('measures one copy in, and one in and one out', async () => {
  const limit = await measureCopyLimit(config);
  expect(limit.copyInMbPerSecond).toBeGreaterThan(0);
  expect(limit.copyInOutMbPerSecond).toBeGreaterThan(0);
  expect(['memcpy', 'non-temporal']).toContain(limit.copyInMethod);
});

it('says in whole sentences why it could not be measured, and what helps', async () => {
  const error: Error = await measureCopyLimit({ ...config, bytes: 0 }).then(
    () => {
      throw new Error('it was measured');
    },
    (reason) => reason,
  );
  expect(error.message).not.toContain('..');
  expect(error.message).toMatch(
    /^this machine's copy limit cannot be measured: Command failed: [\s\S]*[^.]\. Build the native code again/,
  );
});

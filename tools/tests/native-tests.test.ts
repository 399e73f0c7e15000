import { describe, expect, it } from 'vitest';
import { runDoctest } from '../run-tests/native-tests.js';

const closingLine = (passed: number, failed: number) =>
  `[doctest] test cases: ${passed + failed} | ${passed} passed | ${failed} failed | 0 skipped`;

const runner = (line: string, status: number) => ['sh', '-c', `echo '${line}'; exit ${status}`];

describe('a doctest runner', () => {
  it('succeeds when its tests passed', async () => {
    expect(await runDoctest(runner(closingLine(2, 0), 0))).toEqual({
      succeeded: true,
      count: { passed: 2, failed: 0 },
    });
  });

  it('fails when a test failed, when it crashed, and when it cannot be started', async () => {
    expect(await runDoctest(runner(closingLine(1, 1), 1))).toMatchObject({ succeeded: false });
    expect(await runDoctest(runner('Segmentation fault', 139))).toMatchObject({ succeeded: false });
    expect(await runDoctest(['/no/such/runner'])).toMatchObject({ succeeded: false });
  });

  it('fails when it ran no test', async () => {
    expect(await runDoctest(runner(closingLine(0, 0), 0))).toMatchObject({ succeeded: false });
  });
});

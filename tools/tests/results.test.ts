import { describe, expect, it } from 'vitest';
import { countIn, doctestCount } from '../run-tests/results.js';

const report = (overrides: object) => ({
  numTotalTests: 3,
  numPassedTests: 2,
  numFailedTests: 0,
  success: true,
  testResults: [],
  ...overrides,
});

describe("the count of vitest's report", () => {
  it('is that of its tests; a skipped one is neither passed nor failed', () => {
    expect(countIn(report({}))).toEqual({ passed: 2, failed: 0 });
  });

  it('has one failure for each file that could not be loaded', () => {
    const testResults = [{ status: 'failed', assertionResults: [] }];
    expect(countIn(report({ success: false, testResults }))).toEqual({ passed: 2, failed: 1 });
  });

  it('has a failure when the run failed outside of any test', () => {
    expect(countIn(report({ success: false }))).toEqual({ passed: 2, failed: 1 });
  });
});

describe('the count of a doctest runner', () => {
  it('is that of its closing lines', () => {
    const output =
      '[doctest] test cases:  12 |  11 passed | 1 failed | 0 skipped\n' +
      '[doctest] assertions: 345 | 344 passed | 1 failed |\n';
    expect(doctestCount(output)).toEqual({ passed: 11, failed: 1 });
  });

  it('is unknown when the runner did not print them', () => {
    expect(doctestCount('[doctest] doctest version is "2.4.9"\n')).toBeUndefined();
  });
});

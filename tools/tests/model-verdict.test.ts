import { describe, expect, it } from 'vitest';
import { judge } from '../model/verdict.js';

const COMPLETE = 'State-vector 64 byte, depth reached 106, errors: 0\n    82135 states, stored\n';
const VIOLATED =
  'pan:1: assertion violated (hit) (at depth 12)\nWarning: Search not completed\n' +
  'State-vector 64 byte, depth reached 13, errors: 1\n       20 states, stored\n';

describe('the verdict on a model', () => {
  it('is that it holds when every state was looked at', () => {
    expect(judge(COMPLETE)).toMatchObject({ verdict: 'holds', states: 82135 });
  });

  it('is that it fails when an assertion was violated', () => {
    const { verdict, why } = judge(VIOLATED);
    expect(verdict).toBe('fails');
    expect(why).toContain('assertion violated (hit)');
  });

  it.each([
    ['a search that was cut off at its depth', `error: max search depth too small\n${COMPLETE}`],
    ['a search that ran out of memory', `pan: out of memory\n${COMPLETE}`],
    ['a search by hashes, which may miss states', `Bit statespace search for:\n${COMPLETE}`],
    ['a deadlock', VIOLATED.replace('assertion violated (hit)', 'invalid end state')],
    ['a verifier that did not start', ''],
  ])('is none after %s', (_, output) => {
    expect(judge(output).verdict).toBe('undecided');
  });
});

/** Reads the verdict of a verifier that Spin has made. */

/** @typedef {'holds' | 'fails' | 'undecided'} Verdict */

/** Messages of a verifier that has not seen every state. */
const INCOMPLETE = [
  'Search not completed',
  'max search depth too small',
  'out of memory',
  'reached -DMEMLIM',
  'hash factor',
  'Bit statespace search',
  'VECTORSZ',
];

/**
 * @param {string} output Of the verifier.
 * @returns {{ verdict: Verdict, states: number, why: string }} `holds` only when the verifier has seen
 *   every state. `fails` only for an assertion: a deadlock of the model itself proves nothing.
 */
export function judge(output) {
  const states = Number(/^\s*(\S+) states, stored/m.exec(output)?.[1] ?? 0);
  const errors = /errors: (\d+)$/m.exec(output)?.[1];
  const violation = /^pan:\d+: (assertion violated.*)$/m.exec(output)?.[1];
  if (errors === undefined || states === 0) return { verdict: 'undecided', states, why: output };
  if (violation !== undefined) return { verdict: 'fails', states, why: violation };
  const incomplete = INCOMPLETE.filter((text) => output.includes(text));
  if (errors !== '0' || incomplete.length > 0) {
    const why = incomplete.join(', ') || /^pan:\d+: .*$/m.exec(output)?.[0] || `errors: ${errors}`;
    return { verdict: 'undecided', states, why };
  }
  return { verdict: 'holds', states, why: 'every state was looked at' };
}

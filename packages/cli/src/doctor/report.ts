import type { Finding } from './checks.js';

const words = { ok: 'ok', limited: 'limited', broken: 'BROKEN' } as const;

/** One line per finding, and its remedy under it. */
export function formatFindings(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ name }) => name.length));
  const lines = findings.flatMap(({ name, status, detail, remedy }) => {
    const line = `${words[status].padEnd(8)} ${name.padEnd(width)}  ${detail}`;
    return remedy === undefined ? [line] : [line, `${' '.repeat(9 + width)}  ${remedy}`];
  });
  return lines.join('\n');
}

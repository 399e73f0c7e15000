import { describe, expect, it } from 'vitest';
import { formatTable } from '../../dist/transport/table.js';
import { row } from './rows.js';

describe('formatTable', () => {
  const rows = [
    row({ kind: 'tensor', marginalUsPerItem: null, marginalMbPerSecond: null }),
    row({ sizeMiB: 2, transport: 'no-arena', speedup: 1, mbPerSecond: 450 }),
    row({ kind: 'tensor', sizeMiB: 0.5, transport: 'ring' }),
  ];

  it('prints one line per row, by kind and size', () => {
    const [head, ruler, ...lines] = formatTable(rows, { isolated: true }).split('\n');
    expect(head).toMatchInlineSnapshot(
      `"kind    MiB  transport   MB/s  ±95%  speed-up  of limit  marginal us  marginal MB/s  CPU s  of it consumer  peak MB"`,
    );
    expect(ruler).toBe('-'.repeat(head?.length ?? 0));
    expect(lines.slice(0, 3).join('\n')).toMatchInlineSnapshot(`
      "tensor  0.5  ring       20149    6%    44.50x       84%         1500          22363  0.510           0.010      512
      tensor   32  pool       20149    6%    44.50x       84%            -              -  0.510           0.010      512
      bytes     2  no-arena     450  255%     1.00x       84%         1500          22363  0.510           0.010      512"
    `);
  });

  it('says what each share of the limit is a share of', () => {
    expect(formatTable(rows, { isolated: true })).toContain(
      'pool against one copy in, ring and no-arena against one copy in and one out',
    );
  });

  it('warns of memory that carries over only where one process ran all rows', () => {
    expect(formatTable(rows, { isolated: true })).not.toContain('carries over');
    expect(formatTable(rows, { isolated: false })).toContain('carries over');
  });

  it('has no control characters', () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(formatTable(rows, { isolated: false })).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });
});

import { describe, expect, it } from 'vitest';
import { type Column, textTable } from '../../dist/kit/text-table.js';
import { wrap } from '../../dist/kit/wrap.js';

interface Row {
  readonly name: string;
  readonly speed: number;
  readonly cpu: number;
}

const columns: readonly Column<Row>[] = [
  { head: 'name', cell: ({ name }) => name, left: true, key: true },
  { head: 'MB a second', cell: ({ speed }) => String(speed) },
  { head: 'CPU s', cell: ({ cpu }) => cpu.toFixed(1) },
  { head: 'of it consumer', cell: ({ cpu }) => (cpu / 2).toFixed(2), joined: true },
];

const rows: readonly Row[] = [
  { name: 'ring', speed: 15_000, cpu: 1 },
  { name: 'no-arena', speed: 900, cpu: 12 },
];

const drawing: Column<Row> = {
  head: '|1      |10',
  cell: ({ speed }) => '#'.repeat(speed / 900),
  left: true,
  drawing: true,
};

const table = (width?: number) => textTable(columns, rows, width);

describe('textTable', () => {
  it('has one line for the heading where there is room', () => {
    expect(table()).toEqual([
      'name      MB a second  CPU s  of it consumer',
      '--------------------------------------------',
      'ring            15000    1.0            0.50',
      'no-arena          900   12.0            6.00',
    ]);
    expect(table(44)).toEqual(table());
  });

  it('puts the words of a heading under each other where that is enough', () => {
    expect(table(43)).toEqual([
      '              MB              of',
      '               a   CPU        it',
      'name      second     s  consumer',
      '--------------------------------',
      'ring       15000   1.0      0.50',
      'no-arena     900  12.0      6.00',
    ]);
  });

  it('is split into tables that begin with the keys, joined columns together', () => {
    expect(table(30)).toEqual([
      'name      MB a second',
      '---------------------',
      'ring            15000',
      'no-arena          900',
      '',
      '                      of',
      '           CPU        it',
      'name         s  consumer',
      '------------------------',
      'ring       1.0      0.50',
      'no-arena  12.0      6.00',
    ]);
  });

  it('becomes a list where not even the keys and one column fit', () => {
    expect(table(12)).toEqual([
      'ring',
      '  MB a second     15000',
      '  CPU s           1.0',
      '  of it consumer  0.50',
      'no-arena',
      '  MB a second     900',
      '  CPU s           12.0',
      '  of it consumer  6.00',
    ]);
  });

  it.each([25, 30, 43, 80])('has no line longer than %i', (width) => {
    expect(Math.max(...table(width).map((line) => line.length))).toBeLessThanOrEqual(width);
  });

  it('sets a drawing apart, without a rule, and under the rest where it does not fit', () => {
    const some = [...columns.slice(0, 2), drawing];
    expect(textTable(some, rows)).toEqual([
      'name      MB a second   |1      |10',
      '---------------------',
      'ring            15000   ################',
      'no-arena          900   #',
    ]);
    expect(textTable(some, rows, 30)).toEqual([
      'name      MB a second',
      '---------------------',
      'ring            15000',
      'no-arena          900',
      '',
      'name       |1      |10',
      '--------',
      'ring       ################',
      'no-arena   #',
    ]);
    expect(textTable(some, rows, 24)).toHaveLength(4);
  });
});

describe('wrap', () => {
  it('cuts lines between words, and indents what follows', () => {
    const text = 'one line of many words\n  an indented line of words';
    expect(wrap(text, 14)).toBe('one line of\n  many words\n  an indented\n    line of\n    words');
  });

  it('leaves lines that fit, and words that are too long, as they are', () => {
    expect(wrap('short', 14)).toBe('short');
    expect(wrap('a-word-without-end', 6)).toBe('a-word-without-end');
  });
});

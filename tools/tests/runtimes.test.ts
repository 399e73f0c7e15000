import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../checkout/root.js';
import { runtimeTable } from '../runtimes/table.js';

const cellsOf = (line: string) =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());

it('the README of shm-core lists the runtimes and what works there, as they are tested', () => {
  const readme = readFileSync(join(root, 'packages/shm-core/README.md'), 'utf8');
  const lines = readme.split('\n');
  const first = lines.findIndex((line) => line.startsWith('| runtime'));
  const rows = lines.slice(first, first + runtimeTable().length + 1).map(cellsOf);
  rows.splice(1, 1); // the line below the head
  expect(rows).toEqual(runtimeTable());
});

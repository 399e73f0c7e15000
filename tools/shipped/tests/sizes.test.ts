/** What the installation of each package costs, by npm into an empty folder. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../../checkout/root.js';
import { BUDGETS, costOf, rowOf } from '../sizes.js';
import { installed } from './installation.js';

/** A row of the README, without the spaces that align the table. */
const readme = readFileSync(join(root, 'README.md'), 'utf8').replaceAll(/ +/g, ' ');

it.each(Object.entries(BUDGETS))('%s stays within its budget', async (name, budget) => {
  const folder = await installed(`size of ${name.replace('/', ' ')}`, name);
  const cost = costOf(join(folder, 'node_modules'));
  console.log(rowOf(name, cost));
  expect(cost.packages).toBeLessThanOrEqual(budget.packages);
  expect(cost.mebibytes).toBeLessThanOrEqual(budget.mebibytes);
  const shown = new RegExp(`\\| \`${name}\` \\| (\\d+) \\| ([\\d.]+) \\|`).exec(readme);
  // Packages of others choose among versions of their own, so the figures may differ a little.
  expect(cost.packages).toBeLessThanOrEqual(Number(shown?.[1]) * 1.1);
  expect(cost.mebibytes).toBeLessThanOrEqual(Number(shown?.[2]) * 1.1);
});

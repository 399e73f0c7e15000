import { expect, it } from 'vitest';
import { runStorm, stationRounds, stations } from '../storm/storm.js';

/** Two rounds in every kind of arena. `node tools/reliability/kill-storm.js` runs longer. */
const rounds = 2 * stations.length;

it('processes killed at random leave every committed unit whole and in order, and nothing behind', async () => {
  const storm = await runStorm(stationRounds(rounds), { seed: 20_260_101 });
  expect(storm.findings).toEqual([]);
  expect(storm.kills).toBeGreaterThanOrEqual(rounds);
  expect(storm.read).toBeGreaterThan(rounds);
  expect(storm.toldAfterMs).not.toEqual([]);
}, 180_000);

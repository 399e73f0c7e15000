/**
 * Damaged items, by the thousand. `ARENA_FUZZ_SECONDS=600 npx vitest run --project @arena/payloads fuzz`
 * runs longer, from another seed, and adds inputs with a new outcome to the corpus.
 */
import { expect, it } from 'vitest';
import { readCorpus, seeds, writeCorpus } from './fuzz/corpus.js';
import { judge } from './fuzz/judge.js';
import { type Input, Mutator } from './fuzz/mutator.js';

const seconds = Number(process.env.ARENA_FUZZ_SECONDS ?? 0);
/** Number of inputs in a run of the tests. A longer run is limited by its seconds. */
const inputs = 5000;
/** Larger inputs are not kept, because they show no more than smaller inputs. */
const keptBytes = 600;
/** Far below the memory that a damaged length could request. */
const muchMiB = 600;

const where = ({ envelope, unit }: Input) =>
  `${Buffer.from(envelope).toString('hex')} ${Buffer.from(unit).toString('hex')}`;

it('the corpus holds every kind of item, and every input restores or fails with an error', () => {
  const corpus = readCorpus();
  const outcomes = corpus.map((input) => {
    const { outcome, fault } = judge(input);
    expect(fault, where(input)).toBeUndefined();
    return outcome;
  });
  expect(outcomes).toEqual(expect.arrayContaining(seeds().map((input) => judge(input).outcome)));
  expect(new Set(outcomes).size).toBeGreaterThan(50);
});

it(
  `${seconds > 0 ? `${seconds} s of` : inputs} mutations of the corpus restore to an item that can be sent again, or are refused`,
  () => {
    const seed = seconds > 0 ? Math.floor(Math.random() * 2 ** 32) : 20_260_103;
    const mutator = new Mutator(seed);
    const pool = [...seeds(), ...readCorpus()];
    const known = new Set(pool.map((input) => judge(input).outcome));
    const found: Input[] = [];
    const end = performance.now() + seconds * 1000;
    let count = 0;
    for (; seconds > 0 ? performance.now() < end : count < inputs; count++) {
      const input = mutator.mutate(mutator.pick(pool), mutator.pick(pool));
      const { outcome, fault } = judge(input);
      expect(fault, `seed ${seed}: ${where(input)}`).toBeUndefined();
      if (known.has(outcome)) continue;
      known.add(outcome);
      pool.push(input);
      if (input.envelope.length + input.unit.length <= keptBytes) found.push(input);
    }
    expect(process.memoryUsage().rss / 2 ** 20).toBeLessThan(muchMiB);
    if (seconds === 0) return;
    writeCorpus([...readCorpus(), ...found]);
    console.log(`${count} inputs from seed ${seed}, ${found.length} of them new to the corpus`);
  },
  60_000 + seconds * 1000,
);

/**
 * A consumer that will be killed. It runs a pipeline in a subprocess, prints its pid, and takes items for ever.
 * Its first argument: the arguments of `openPipeline`.
 */
import { Random } from '../random.js';
import { verifyItem } from './items.js';
import { createItemArena, openPipeline } from './pipeline.js';

const { kind, seed } = JSON.parse(process.argv[2] ?? '');
const random = new Random(seed);
const arena = createItemArena(kind, random);
const pipeline = openPipeline(arena, random);
let next = 0;
for await (const item of pipeline) {
  verifyItem(item, next++);
  if (next === 3) process.send?.(pipeline.pid);
  item[Symbol.dispose]();
}

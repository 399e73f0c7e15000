/** The producer's module: grey frames of 1920 x 1080, in batches of two. Runs in a process of its own. */
import { PipelineBuilder } from '@arena/pipeline';

const frameBytes = 1920 * 1080;

function* indices(count) {
  for (let index = 0; index < count; index++) yield index;
}

/** Stands for decoding: slow, and several at once. */
async function render(index) {
  await new Promise((resolve) => setTimeout(resolve, 5));
  return { index, pixels: new Uint8Array(frameBytes).fill(index) };
}

export default ({ count }) =>
  new PipelineBuilder()
    .addSource(() => indices(count))
    .pipe(render, { concurrency: 4 })
    .aggregate(2)
    .addSink(2)
    .build();

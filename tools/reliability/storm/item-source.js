/** The pipeline module of the storm. */
import { PipelineBuilder } from '@arena/pipeline';
import { Random } from '../random.js';
import { endlessItems } from './items.js';

/** @param {{ seed: number, maxBytes: number, sink: number }} args */
export default ({ seed, maxBytes, sink }) =>
  new PipelineBuilder()
    .addSource(() => endlessItems(new Random(seed), maxBytes))
    .addSink(sink)
    .build();

import { PipelineBuilder } from '@arena/pipeline';
import { Dataset, type DatasetSpec } from './dataset.js';

/** The options of a cell's producer process. */
export interface ProducerArgs {
  readonly dataset: DatasetSpec;
  readonly bufferSize: number;
}

/** The pipeline that runs in the producer process. It sends the data set and does nothing with it. */
export default async ({ dataset, bufferSize }: ProducerArgs) =>
  new PipelineBuilder()
    .addSource(await Dataset.create(dataset))
    .addSink(bufferSize)
    .build();

/** Three threads write, the main thread reads. */
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { classAndOptions, unitsEach } from './arena-class.js';

interface WorkerData {
  readonly handle: string;
  readonly args: string[];
}

if (isMainThread) {
  const args = process.argv.slice(2);
  const { arenaClass, options } = await classAndOptions(args);
  const arena = arenaClass.create(options);
  for (let i = 0; i < 3; i++) {
    new Worker(new URL(import.meta.url), { workerData: { handle: arena.handle, args } });
  }
  let units = 0;
  for await (const lease of arena.reader({ from: 'oldest' })) {
    units++;
    lease.release();
  }
  console.log(`${units} units`);
  arena.close();
} else {
  const { handle, args } = workerData as WorkerData;
  const { arenaClass } = await classAndOptions(args);
  const writer = arenaClass.attach(handle).writer();
  for (let i = 0; i < unitsEach; i++) await writer.write(new Uint8Array(1000).fill(i));
  writer.close();
}

/** Three processes write, their parent reads: they get the handle by a message. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { classAndOptions, unitsEach } from './arena-class.js';

const args = process.argv.slice(2);
const { arenaClass, options } = await classAndOptions(args);

if (process.send) {
  process.once('message', async (handle: string) => {
    const writer = arenaClass.attach(handle).writer();
    for (let i = 0; i < unitsEach; i++) await writer.write(new Uint8Array(1000).fill(i));
    writer.close();
    process.disconnect();
  });
} else {
  const arena = arenaClass.create(options);
  for (let i = 0; i < 3; i++) fork(fileURLToPath(import.meta.url), args).send(arena.handle);
  let units = 0;
  for await (const lease of arena.reader({ from: 'oldest' })) {
    units++;
    lease.release();
  }
  console.log(`${units} units`);
  arena.close();
}

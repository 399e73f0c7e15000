/** Three processes write and exit without closing, their parent reads until it is told of the loss. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { classAndOptions, unitsEach } from './arena-class.js';

const self = fileURLToPath(import.meta.url);
const args = process.argv.slice(2);
const { arenaClass, options } = await classAndOptions(args);
const handle = args[3];

if (handle) {
  const writer = arenaClass.attach(handle).writer();
  for (let i = 0; i < unitsEach; i++) await writer.write(new Uint8Array(1000).fill(i));
  process.exit(0);
}
const arena = arenaClass.create(options);
for (let i = 0; i < 3; i++) fork(self, [...args, arena.handle]);
let units = 0;
try {
  for await (const lease of arena.reader({ from: 'oldest' })) {
    units++;
    lease.release();
  }
} catch (error) {
  console.log(`${units} units, ${(error as NodeJS.ErrnoException).code}`);
}
arena.close();

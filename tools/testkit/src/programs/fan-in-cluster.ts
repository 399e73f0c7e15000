/** Three cluster workers write, the primary reads: they get the handle in their environment. */
import cluster from 'node:cluster';
import { fileURLToPath } from 'node:url';
import { classAndOptions, unitsEach } from './arena-class.js';

if (cluster.isPrimary) {
  const args = process.argv.slice(2);
  const { arenaClass, options } = await classAndOptions(args);
  const arena = arenaClass.create(options);
  cluster.setupPrimary({ exec: fileURLToPath(import.meta.url), args, execArgv: [] });
  for (let i = 0; i < 3; i++) cluster.fork({ HANDLE: arena.handle });
  let units = 0;
  for await (const lease of arena.reader({ from: 'oldest' })) {
    units++;
    lease.release();
  }
  console.log(`${units} units`);
  arena.close();
} else {
  const { arenaClass } = await classAndOptions(process.argv.slice(2));
  const writer = arenaClass.attach(process.env.HANDLE ?? '').writer();
  for (let i = 0; i < unitsEach; i++) await writer.write(new Uint8Array(1000).fill(i));
  writer.close();
  process.exit(0);
}

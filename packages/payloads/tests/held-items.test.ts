import { ItemWriter } from '@arena/payloads';
import { Script } from '@arena/testkit';
import { SegmentPool } from '@arena/transport-pool';
import { afterEach, expect, it } from 'vitest';

const modules = {
  payloads: import.meta.resolve('@arena/payloads'),
  pool: import.meta.resolve('@arena/transport-pool'),
};

let script: Script | undefined;
afterEach(() => script?.[Symbol.asyncDispose]());

it('a warning names the places where kept items were read, when they hold all segments', async () => {
  const pool = SegmentPool.create({ segmentSize: 65536, segmentCount: 2 });
  script = new Script(
    `import { ItemReader } from '${modules.payloads}';
    import { SegmentPool } from '${modules.pool}';
    process.on('warning', ({ code, message }) => console.log(JSON.stringify({ code, message })));
    const items = new ItemReader(SegmentPool.attach(process.argv[1]).reader());
    console.log('ready');
    const kept = [];
    async function keepEveryItem() {
      for (;;) kept.push(await items.read());
    }
    await keepEveryItem();`,
    { args: [pool.handle] },
  );
  expect(await script.line()).toBe('ready');
  const writer = new ItemWriter(pool.writer());
  const written = (async () => {
    for (let item = 0; item < 4; item++) await writer.write({ item, data: new Float64Array(8000) });
  })();
  written.catch(() => {});
  const { code, message } = JSON.parse(await script.line()) as { code: string; message: string };
  expect(code).toBe('ARENA_SEGMENTS_HELD');
  expect(message).toContain('holds 2 of its 2 segments (2 leased)');
  expect(message).toContain('keepEveryItem');
  expect(message).not.toMatch(/shm-core|ItemReader/);
  pool.close();
});

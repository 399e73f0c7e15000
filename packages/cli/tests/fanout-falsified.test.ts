import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { fanout } from '@arena/benchmarks';
import { describe, expect, it, onTestFinished } from 'vitest';
import { arenaWith, preloading } from './arena-command.js';

/** Changes the 10th record that one of the readers borrows; `next` borrows another one. */
const falsifications = {
  misses: `loan.release();
           return next();`,
  repeats: `later.push(copyOf(loan));
            return loan;`,
  reorders: `later.push(copyOf(loan));
             loan.release();
             let after = next();
             while (!after) after = next();
             return after;`,
  corrupts: `const copy = copyOf(loan);
             copy.bytes[500] ^= 1;
             loan.release();
             return copy;`,
};

/** Runs with two readers. One of them makes this change, as if the ring had done so for this reader alone. */
async function withReaderThat(falsify: keyof typeof falsifications) {
  const folder = mkdtempSync(join(tmpdir(), 'arena-falsified-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const preload = join(folder, 'falsify.mjs');
  writeFileSync(
    preload,
    `import { writeFileSync } from 'node:fs';
     import { RingBuffer } from ${JSON.stringify(import.meta.resolve('@arena/transport-ring'))};

     if (process.argv[1]?.endsWith('member-process.js')) {
       const ring = RingBuffer.create({ capacity: 4096 });
       const prototype = Object.getPrototypeOf(ring.reader());
       ring.close();
       const { tryBorrow } = prototype;
       const later = [];
       const copyOf = (loan) => ({ bytes: loan.bytes.slice(), overtaken: false, release() {} });
       const isFirst = () => {
         try {
           writeFileSync(${JSON.stringify(join(folder, 'done'))}, '', { flag: 'wx' });
           return true;
         } catch {
           return false;
         }
       };
       let records = 0;
       prototype.tryBorrow = function () {
         if (later.length > 0) return later.pop();
         const next = () => tryBorrow.call(this);
         const loan = next();
         if (!loan || ++records !== 10 || !isFirst()) return loan;
         ${falsifications[falsify]}
       };
     }`,
  );
  const flags = ['--readers', '2', '--slot-bytes', '1000', '--slots', '64', '--json'];
  return arenaWith(
    preloading(preload),
    ...['bench', 'fanout', '--duration-seconds', '1', ...flags],
  );
}

describe('arena bench fanout, with a reader that', () => {
  it.each([
    ['misses', /missing: 1 records of writer 0 from (\d+) on/],
    ['repeats', /repeated: writer 0, sequence (\d+) after \1/],
    ['reorders', /missing: 1 .* from (\d+) on .* out of order: writer 0, sequence \1 after \d+/],
    ['corrupts', /damaged: record \d+ says writer 0/],
  ] as const)('%s a record, fails, and says which reader and what', async (falsify, problem) => {
    const { status, stdout, stderr } = await withReaderThat(falsify);
    expect(stderr).toMatch(problem);
    const { verified, readers } = JSON.parse(stdout) as fanout.FanoutResult;
    expect(verified).toBe(false);
    expect(status).toBe(1);
    const named = readers.filter(({ pid }) => stderr.includes(`reader ${pid}: `));
    expect(named).toHaveLength(1);
  });
});

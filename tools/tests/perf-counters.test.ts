import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { countsBetween } from '../perf/measuring/counters.js';
import { buildCounters } from '../perf/measuring/native.js';

const { counter = '', counted = '' } = buildCounters();

/** Page faults: PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS. Every kernel counts them. */
const PAGE_FAULTS = '1:2';

function node(flags: string[], script: string, env: NodeJS.ProcessEnv = {}) {
  const { stdout, stderr, status } = spawnSync(
    counter,
    [...flags, '--', process.execPath, '-e', script],
    { encoding: 'utf8', env: { ...process.env, ...env } },
  );
  return { status, stdout, stderr };
}

const readPage = `
  const fields = new BigUint64Array(6);
  const read = () => {
    fs.readSync(Number(process.env.ARENA_PERF_PAGE), fields, 0, 48, 0);
    return Array.from(fields, Number);
  };`;

describe('the counter', () => {
  it('counts system calls and wake-ups of the command', () => {
    const script = `${readPage}
      const before = read();
      for (let call = 0; call < 50; call++) fs.writeSync(2, '!');
      const after = read();
      console.log(JSON.stringify([after[0] - before[0], after[1] - before[1]]));`;
    const [calls, wakeUps] = JSON.parse(node(['--trace'], script).stdout);
    expect(wakeUps).toBeGreaterThanOrEqual(50);
    expect(calls).toBeGreaterThanOrEqual(51);
  });

  it('counts copies and allocations once its library is loaded', () => {
    const script = `${readPage}
      const [from, to] = [new Uint8Array(65536).fill(1), new Uint8Array(65536)];
      const before = read();
      for (let copy = 0; copy < 10; copy++) to.set(from);
      console.log(read()[2] - before[2]);`;
    const { stdout } = node(['--trace'], script, { LD_PRELOAD: counted });
    expect(Number(stdout)).toBeGreaterThanOrEqual(655_360);
  });

  it('lets the command read an event of the kernel', () => {
    const script = `const one = new BigUint64Array(1);
      fs.readSync(Number(process.env.ARENA_PERF_EVENT), one);
      console.log(Number(one[0]));`;
    expect(Number(node(['--event', PAGE_FAULTS], script).stdout)).toBeGreaterThan(0);
  });

  it('names an event that the kernel refuses, and runs the command all the same', () => {
    const { stdout, stderr } = node(['--event', '99:0'], "console.log('ran')");
    expect(stdout).toBe('ran\n');
    expect(stderr).toMatch(/^counter: perf_event_open: /);
  });

  it('ends as the command does', () => {
    expect(node(['--trace'], 'process.exit(7)').status).toBe(7);
    expect(node([], 'process.exit(7)').status).toBe(7);
  });
});

describe('counts between two readings', () => {
  it('leave out what was not counted', () => {
    expect(countsBetween([0, 0, 0, 0, 0, 0, 100], [9, 1, 5, 2, 0, 0, 350])).toEqual({ heap: 250 });
  });

  it('leave out the call that reads them', () => {
    expect(countsBetween([0, 0, 0, 0, 1, 0, 0], [3, 1, 0, 0, 1, 0, 0])).toEqual({
      calls: 2,
      wakeUps: 1,
      heap: 0,
    });
  });
});

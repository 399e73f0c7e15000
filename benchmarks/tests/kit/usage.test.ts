import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { peakMemoryDuring } from '../../dist/kit/peak-memory.js';
import {
  cpuSecondsBetween,
  ownCpuSeconds,
  pssBytes,
  sharedOnceBytes,
  threadTimes,
} from '../../dist/kit/usage.js';

const children: ChildProcess[] = [];

/** A Node process that prints "ready", runs `script` on request, and reports its end. */
async function nodeProcess(script: string) {
  const body = `console.log('ready'); process.stdin.once('data', () => { ${script}; console.log('done'); }); setInterval(() => {}, 1e6);`;
  const child = spawn(process.execPath, ['-e', body], { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  await once(child.stdout, 'data');
  const work = async () => {
    child.stdin.write('go');
    await once(child.stdout, 'data');
  };
  return { pid: child.pid ?? 0, work };
}

afterEach(async () => {
  for (const child of children.splice(0)) {
    const closed = once(child, 'close');
    child.kill('SIGKILL');
    await closed;
  }
});

describe('threadTimes', () => {
  it('sees the CPU time that another process spends, and none while it sleeps', async () => {
    const { pid, work } = await nodeProcess(
      'const cpu = () => process.cpuUsage().user + process.cpuUsage().system; const end = cpu() + 3e5; while (cpu() < end) {}',
    );
    const before = threadTimes(pid);
    await work();
    await new Promise((resolve) => setTimeout(resolve, 50));
    const after = threadTimes(pid);
    expect(cpuSecondsBetween(before, after)).toBeGreaterThan(0.29);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(cpuSecondsBetween(after, threadTimes(pid))).toBeLessThan(0.1);
  });

  it('counts a new thread from zero and forgets one that ended', () => {
    const before = new Map([
      ['1', 1e9],
      ['2', 5e9],
    ]);
    const after = new Map([
      ['1', 3e9],
      ['3', 1e9],
    ]);
    expect(cpuSecondsBetween(before, after)).toBe(3);
  });
});

describe('ownCpuSeconds', () => {
  it('goes up with work', () => {
    const before = ownCpuSeconds();
    while (ownCpuSeconds() - before < 0.01);
    expect(ownCpuSeconds()).toBeGreaterThan(before);
  });
});

describe('memory', () => {
  it('is read from the line of smaps_rollup that divides shared pages', () => {
    expect(pssBytes('Rss:  900 kB\nPss:      123 kB\nPss_Anon:  5 kB\n')).toBe(123 * 1024);
    expect(pssBytes('')).toBe(0);
  });

  it('is nothing of a process that has ended', () => {
    expect(sharedOnceBytes([2 ** 22 + 1])).toBe(0);
  });

  it('is caught at its peak, though it is given back before the end', async () => {
    const bytes = 200 * 2 ** 20;
    const { pid, work } = await nodeProcess(
      `let held = Buffer.alloc(${bytes}, 1); const end = Date.now() + 500; while (Date.now() < end) {} held = null; gc()`.replace(
        'gc()',
        'require("v8").setFlagsFromString("--expose-gc"); require("vm").runInNewContext("gc")()',
      ),
    );
    const before = sharedOnceBytes([pid]);
    const peak = await peakMemoryDuring([pid], work);
    expect(peak - before).toBeGreaterThan(0.95 * bytes);
    expect(sharedOnceBytes([pid])).toBeLessThan(peak - 0.5 * bytes);
  });
});

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isAlive, until } from './support.js';
import { transports } from './transports.js';

const script = fileURLToPath(new URL('./fixtures/parent.js', import.meta.url));

interface Task {
  readonly transport: string;
  readonly kind: string;
  readonly args?: object;
  /** Items that the parent takes. */
  readonly take: number;
  /** Whether the parent stays afterwards. */
  readonly stay: boolean;
}

let folder: string;
let parent: ChildProcess | undefined;
let workerPid: number | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'arena-parent-'));
});

afterEach(() => {
  // Only a failed test leaves a process behind.
  for (const pid of [parent?.pid, workerPid])
    if (isAlive(pid)) process.kill(pid as number, 'SIGKILL');
  rmSync(folder, { recursive: true });
});

/** Starts a parent and resolves with its worker's process id once it has taken its items. */
async function start(task: Task): Promise<number> {
  parent = spawn(process.execPath, [script, JSON.stringify(task)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const output = createInterface({ input: parent.stdout as NodeJS.ReadableStream });
  const [line] = await once(output, 'line');
  workerPid = Number(line);
  return workerPid;
}

/** Starts the same in a thread, with the process id of its worker. */
async function startInThread(task: Task): Promise<[thread: Worker, worker: number]> {
  const thread = new Worker(script, {
    argv: [JSON.stringify(task)],
    execArgv: [],
    stdout: true,
  });
  const [line] = await once(createInterface({ input: thread.stdout }), 'line');
  workerPid = Number(line);
  return [thread, workerPid];
}

async function exitOf(child: ChildProcess): Promise<unknown> {
  if (child.exitCode !== null) return child.exitCode;
  const [code] = await once(child, 'exit');
  return code;
}

describe.each(transports)('over $name, the process of a parent that', ({ name: transport }) => {
  it.each([
    ['whose items nobody takes', 'endless', 2],
    ['that waits in its source and does not listen', 'deaf', 1],
    ['that computes and never lets its event loop turn', 'spinning', 1],
    ['that is idle between two passes', 'count', 3],
  ])('is killed ends by itself: one %s', async (_, kind, take) => {
    const worker = await start({ transport, kind, args: { count: 2 }, take, stay: true });
    expect(isAlive(worker)).toBe(true);
    parent?.kill('SIGKILL');
    await until(() => !isAlive(worker));
  });

  it('is killed closes its source before it ends', async () => {
    const file = join(folder, 'notes');
    const worker = await start({ transport, kind: 'endless', args: { file }, take: 1, stay: true });
    parent?.kill('SIGKILL');
    await until(() => !isAlive(worker));
    expect(readFileSync(file, 'utf8')).toBe('begun\nclosed\n');
  });

  it.each([
    ['after a whole pass', 'count', 3],
    ['in the middle of a pass', 'endless', 2],
  ])('has nothing more to do %s does not hold it back, and ends with it', async (_, kind, take) => {
    const worker = await start({ transport, kind, args: { count: 2 }, take, stay: false });
    expect(await exitOf(parent as ChildProcess)).toBe(0);
    await until(() => !isAlive(worker));
  });
});

describe.each(transports)('over $name, the process of a thread that', ({ name: transport }) => {
  it.each([
    ['whose items nobody takes', 'endless', 2],
    ['that computes and never lets its event loop turn', 'spinning', 1],
    ['that is idle between two passes', 'count', 3],
  ])('is terminated ends by itself: one %s', async (_, kind, take) => {
    const task = { transport, kind, args: { count: 2 }, take, stay: true };
    const [thread, worker] = await startInThread(task);
    expect(isAlive(worker)).toBe(true);
    await thread.terminate();
    await until(() => !isAlive(worker));
  });
});

describe('a worker', () => {
  it('writes to the output of its parent', async () => {
    const task = JSON.stringify({ transport: 'no-arena', kind: 'speaks', take: 2, stay: false });
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [script, task]);
    expect(stdout).toContain('said by the worker\n');
    expect(stderr).toBe('complained about by the worker\n');
  });
});

describe('a script given to Node as text', () => {
  it('runs a pipeline in a subprocess', async () => {
    const generator = new URL('./fixtures/generator.js', import.meta.url).href;
    const index = new URL('../dist/index.js', import.meta.url).href;
    const text = `
      import { runInSubprocess } from ${JSON.stringify(index)};
      const pipeline = runInSubprocess(${JSON.stringify(generator)}, { args: { count: 2 } });
      for await (const item of pipeline) console.log(item);
      await pipeline.close();
    `;
    parent = spawn(process.execPath, ['--input-type=module', '--eval', text], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    parent.stdout?.on('data', (chunk) => {
      output += chunk;
    });
    expect(await exitOf(parent)).toBe(0);
    expect(output).toBe('0\n1\n');
  });
});

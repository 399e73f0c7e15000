import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const keeperModule = fileURLToPath(new URL('keeper-process.js', import.meta.url));

/** Processes that keep CPUs from sleeping, at the priority that gives way to everything. */
export class Keepers {
  private constructor(private readonly processes: readonly ChildProcess[]) {}

  /** @throws {Error} There is no `chrt` or `taskset` (Debian package util-linux). */
  static async start(cpus: readonly number[]): Promise<Keepers> {
    const keepers = new Keepers(cpus.map(startKeeper));
    try {
      await Promise.all(keepers.processes.map(awake));
    } catch (error) {
      await keepers.stop();
      throw error;
    }
    return keepers;
  }

  /** Ends them, and waits until they are gone. */
  async stop(): Promise<void> {
    await Promise.all(
      this.processes.map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const ended = once(child, 'exit');
        if (child.kill('SIGKILL')) await ended;
      }),
    );
  }
}

const startKeeper = (cpu: number): ChildProcess =>
  spawn(
    'taskset',
    ['--cpu-list', String(cpu), 'chrt', '--idle', '0', process.execPath, keeperModule],
    { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] },
  );

async function awake(child: ChildProcess): Promise<void> {
  const started = once(child, 'message');
  const ended = once(child, 'exit').then(() => {
    throw new Error(
      'the process that keeps a CPU awake could not be started with taskset and chrt.',
    );
  });
  // Whichever comes second has nobody waiting for it.
  started.catch(() => {});
  ended.catch(() => {});
  await Promise.race([started, ended]);
}

import { execFileSync } from 'node:child_process';
import { messageOf } from '@arena/shm-core/internal';
import { StartedProcess } from '../kit/processes/started-process.js';
import type { KeeperProcess } from './keeper-process.js';

type Keeper = StartedProcess<KeeperProcess>;

const startKeeper = (cpu: number): Keeper =>
  new StartedProcess(new URL('keeper-process.js', import.meta.url), {
    name: `the process that keeps CPU ${cpu} awake`,
    launcher: ['taskset', '--cpu-list', String(cpu)],
  });

/** Sets the scheduling policy of all threads of a process. */
const schedule = (policy: '--idle' | '--other', { pid }: Keeper) =>
  execFileSync('chrt', [policy, '--all-tasks', '--pid', '0', String(pid)], { stdio: 'ignore' });

/** Processes that keep CPUs from sleeping, at a priority that gives way to all other processes. */
export class Keepers {
  private constructor(private readonly keepers: readonly Keeper[]) {}

  /** @throws {Error} There is no `chrt` or `taskset` (Debian package util-linux). */
  static async start(cpus: readonly number[]): Promise<Keepers> {
    const keepers = new Keepers(cpus.map(startKeeper));
    try {
      await Promise.all(keepers.keepers.map((keeper) => keeper.call('start')));
      // Lower the priority after the start: on a busy machine a process of the lowest priority takes minutes
      // to start.
      for (const keeper of keepers.keepers) schedule('--idle', keeper);
    } catch (error) {
      await keepers.stop();
      throw new Error(
        `${messageOf(error)}: taskset and chrt are needed (Debian package util-linux).`,
      );
    }
    return keepers;
  }

  /** Ends the processes, and waits until they are gone. */
  async stop(): Promise<void> {
    await Promise.all(
      this.keepers.map((keeper) => {
        try {
          // Raise the priority first: a process of the lowest priority would also take long to end.
          schedule('--other', keeper);
        } catch {
          // It has ended already, or there is no chrt and its priority was never lowered.
        }
        return keeper.kill();
      }),
    );
  }
}

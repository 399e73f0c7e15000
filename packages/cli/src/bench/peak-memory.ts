import { type ChildProcess, fork } from 'node:child_process';

const nextMessage = (child: ChildProcess) =>
  new Promise<unknown>((resolve, reject) => {
    const onMessage = (message: unknown) => {
      child.off('exit', onExit);
      resolve(message);
    };
    const onExit = (code: number | null) => {
      child.off('message', onMessage);
      reject(new Error(`the process that samples memory ended early, exit code ${code}`));
    };
    child.once('message', onMessage).once('exit', onExit);
  });

/**
 * Runs `work` while another process samples the memory of `pids`.
 *
 * @returns The most that they held together, in bytes; a page that they share counts once.
 */
export async function peakMemoryDuring(
  pids: readonly number[],
  work: () => Promise<void>,
): Promise<number> {
  const sampler = fork(new URL('memory-sampler.js', import.meta.url), pids.map(String), {
    execArgv: [],
  });
  try {
    await nextMessage(sampler);
    await work();
    const peak = nextMessage(sampler);
    sampler.send('stop');
    return Number(await peak);
  } finally {
    sampler.kill('SIGKILL');
  }
}

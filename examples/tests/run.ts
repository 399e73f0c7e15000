import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

export interface Ending {
  readonly status: number | null;
  /** Its output, line by line. */
  readonly lines: readonly string[];
  readonly stderr: string;
}

/** Runs an example, and waits for its end and the end of every process that it starts. */
export async function run(example: string, ...args: string[]): Promise<Ending> {
  const script = fileURLToPath(new URL(`../${example}/main.mjs`, import.meta.url));
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const closed = once(child, 'close');
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [status] = (await closed) as [number | null];
  return { status, lines: stdout.split('\n').slice(0, -1), stderr };
}

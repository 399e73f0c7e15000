import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const arenaBin = fileURLToPath(new URL('../bin/run.js', import.meta.url));

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  /** Line breaks of the terminal's width taken out. */
  readonly stderr: string;
}

/** Runs `arena` as a user does, in a process of its own, and waits for its end. */
export const arena = (...args: string[]): Promise<Outcome> => arenaWith({}, ...args);

/** The same, with variables added to its environment. */
export async function arenaWith(
  variables: Readonly<Record<string, string>>,
  ...args: string[]
): Promise<Outcome> {
  const child = spawn(process.execPath, [arenaBin, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, COLUMNS: '80', NO_COLOR: '1', ...variables },
  });
  const status = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return {
    status: await status,
    stdout,
    stderr: stderr.replaceAll(/\s*\n \u203a\s+/g, ' ').replaceAll(/\s+/g, ' '),
  };
}

/** The variable that makes a process run `module`, a path, before its own program. */
export const preloading = (module: string): { NODE_OPTIONS: string } => ({
  NODE_OPTIONS: module.endsWith('.mjs')
    ? `--import ${pathToFileURL(module)}`
    : `--require ${JSON.stringify(module)}`,
});

/** Small programs that run under limits, in namespaces, or as another user. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ScriptEnd } from '@arena/testkit';

/** The imports of a program are resolved from here. */
const folder = fileURLToPath(new URL('..', import.meta.url));

export interface Confinement {
  /** The command that confines what follows it, e.g. `['prlimit', '--nofile=32']`. */
  readonly by?: readonly string[] | undefined;
  readonly uid?: number | undefined;
  readonly args?: readonly string[] | undefined;
}

/** Whether this machine and this user allow this confinement. */
export function permits({ by = [], uid }: Confinement): boolean {
  if (uid !== undefined && process.getuid?.() !== 0) return false;
  const [command = 'true', ...args] = [...by, 'true'];
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

/** Runs the text of a module to its end; `args` are its `process.argv.slice(1)`. */
export async function runConfined(
  text: string,
  { by = [], uid, args = [] }: Confinement,
): Promise<ScriptEnd> {
  const node = [process.execPath, '--input-type=module', '--eval', text, ...args];
  const [command = '', ...rest] = [...by, ...node];
  const child = spawn(command, rest, {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk) => {
    stderr += chunk;
  });
  const [code, signal] = await once(child, 'close');
  return { code, signal, stdout, stderr };
}

/** The line of JSON that a program has printed. Fails when the program did not end by itself. */
export function printed<T>({ code, signal, stdout, stderr }: ScriptEnd): T {
  if (code !== 0) throw new Error(`the program ended with ${signal ?? code}: ${stdout}${stderr}`);
  return JSON.parse(stdout) as T;
}

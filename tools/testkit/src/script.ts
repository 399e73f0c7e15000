/** Small programs, each in a process that only the program keeps alive. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface ScriptOptions {
  /** A module to run in place of the text. */
  readonly file?: string | undefined;
  readonly args?: readonly string[] | undefined;
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly execArgv?: readonly string[] | undefined;
}

export interface ScriptEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The imports of a script are resolved from here. */
const folder = fileURLToPath(new URL('..', import.meta.url));

/** A process that runs the text of a module; `args` are its `process.argv.slice(1)`. */
export class Script implements AsyncDisposable {
  readonly end: Promise<ScriptEnd>;
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  #stdout = '';
  #stderr = '';

  constructor(text: string, { file, args = [], env, execArgv = [] }: ScriptOptions = {}) {
    const what = file === undefined ? ['--input-type=module', '--eval', text] : [file];
    this.#child = spawn(process.execPath, [...execArgv, ...what, ...args], {
      cwd: folder,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const { stdout, stderr } = this.#child;
    if (!stdout || !stderr) throw new Error('the script has no output');
    stdout.setEncoding('utf8').on('data', (chunk) => {
      this.#stdout += chunk;
    });
    stderr.setEncoding('utf8').on('data', (chunk) => {
      this.#stderr += chunk;
    });
    this.#lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
    this.end = this.#ended();
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error('the script did not start');
    return this.#child.pid;
  }

  /** The next line that the script prints. */
  async line(): Promise<string> {
    const { done, value } = await this.#lines.next();
    if (done) throw new Error(`the script ended without another line: ${this.#stderr}`);
    return value;
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<ScriptEnd> {
    this.#child.kill(signal);
    return this.end;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }

  async #ended(): Promise<ScriptEnd> {
    const [code, signal] = await once(this.#child, 'close');
    return { code, signal, stdout: this.#stdout, stderr: this.#stderr };
  }
}

/** Runs a script to its end. */
export async function runScript(text: string, options?: ScriptOptions): Promise<ScriptEnd> {
  return new Script(text, options).end;
}

/** Runs a long command and shows that it is alive, without showing all that it prints. */
import { spawn } from 'node:child_process';
import { PlainError, say } from './command.js';

const REDRAW_MS = 200;
const INDENT = '  ';

/**
 * Runs one long command. A terminal shows its latest line and the seconds that passed; a log gets
 * one line before and one after. The output of the command is shown only if the command fails.
 *
 * @param {string} title What happens, for instance `installing npm packages`.
 * @param {string[]} command The program and its arguments.
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @throws {PlainError} The command could not start, or ended with another status than 0.
 */
export async function runShown(title, command, options = {}) {
  const line = process.stderr.isTTY ? new TerminalLine(title) : new LogLine(title);
  const [program = '', ...args] = command;
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  /** @type {string[]} */
  const output = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
      output.push(text);
      line.latest(text);
    });
  }
  const ending = await new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) =>
      resolve(code === 0 ? undefined : `ended with ${code ?? signal}`),
    );
  });
  line.end(ending === undefined);
  if (ending !== undefined) {
    throw new PlainError(
      `${title} failed: \`${command.join(' ')}\` ${ending}. It said:\n${indent(output.join(''))}`,
    );
  }
}

/** @param {string} text */
function indent(text) {
  return text.trimEnd().replaceAll(/^/gm, INDENT);
}

/** One line of a log before, one after: the log of a build server stays short. */
class LogLine {
  #title;
  #started = performance.now();

  /** @param {string} title */
  constructor(title) {
    this.#title = title;
    say(`${title} ...`);
  }

  latest() {}

  /** @param {boolean} succeeded */
  end(succeeded) {
    say(`${this.#title}: ${succeeded ? 'done' : 'failed'} after ${secondsSince(this.#started)} s`);
  }
}

/** One line of a terminal, redrawn in place. */
class TerminalLine {
  #title;
  #latest = '';
  #started = performance.now();
  #timer;

  /** @param {string} title */
  constructor(title) {
    this.#title = title;
    this.#timer = setInterval(() => this.#draw(), REDRAW_MS);
    this.#draw();
  }

  /** @param {string} text */
  latest(text) {
    this.#latest =
      text
        .trimEnd()
        .split(/[\r\n]/)
        .at(-1)
        ?.trim() || this.#latest;
  }

  /** @param {boolean} succeeded */
  end(succeeded) {
    clearInterval(this.#timer);
    process.stderr.write('\r\u001b[K');
    say(`${this.#title}: ${succeeded ? 'done' : 'failed'} after ${secondsSince(this.#started)} s`);
  }

  #draw() {
    const line = `${this.#title}, ${secondsSince(this.#started)} s  ${this.#latest}`;
    process.stderr.write(`\r\u001b[K${line.slice(0, (process.stderr.columns || 80) - 1)}`);
  }
}

/** @param {number} started */
function secondsSince(started) {
  return Math.round((performance.now() - started) / 1000);
}

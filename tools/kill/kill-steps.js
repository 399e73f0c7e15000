/** Runs arena-kill-steps in a process for each processor, and adds up the results. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline';
import { root } from '../checkout/root.js';
import { madeEnvironment } from '../environment/made-environment.js';

/** Each process holds one processor, and steps through each operation once. */
const MOST_SHARDS = 4;
const REPORT_MS = 10_000;

/** `killed   pool/acquire   18 points, 300 instructions, 0 violations` */
const OPERATION =
  /^(killed|delayed)\s+(.*?)\s+(\d+) points,\s+(\d+) instructions, (\d+) violations$/;
const SUM = /^(\d+) points tried, (\d+) more leave the same, (\d+) violations$/;

/**
 * @typedef {object} KillResult
 * @property {number} shards Number of processes.
 * @property {number} operations Killed and delayed operations count separately.
 * @property {number} points Instructions tried.
 * @property {number} same Instructions not tried, because a kill there finds the same state as the one before.
 * @property {number} found Violations.
 * @property {number} unsound Operations with a violation.
 * @property {string[]} violations Their texts, at most three for each operation and process.
 * @property {string[]} errors Why a process failed.
 */

/**
 * @param {string} runner Path of arena-kill-steps, from the top.
 * @param {string[]} args
 * @param {(line: string) => void} onProgress
 * @returns {Promise<KillResult>}
 */
export async function killSteps(runner, args, onProgress) {
  const shards = Math.min(availableParallelism(), MOST_SHARDS);
  const tally = new Tally(shards);
  const timer = setInterval(() => onProgress(tally.progress()), REPORT_MS);
  try {
    await Promise.all(
      Array.from({ length: shards }, (_, shard) =>
        runShard(runner, [...args, '--shard', `${shard}/${shards}`], tally),
      ),
    );
  } finally {
    clearInterval(timer);
  }
  return tally.result();
}

/**
 * @param {string} runner
 * @param {string[]} args
 * @param {Tally} tally
 */
async function runShard(runner, args, tally) {
  const child = spawn(runner, args, {
    cwd: root,
    env: madeEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const end = () => child.kill('SIGKILL');
  process.on('exit', end);
  let complete = false;
  createInterface({ input: child.stdout }).on('line', (line) => {
    complete = tally.note(line) || complete;
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  const [status, signal] = await Promise.race([
    once(child, 'close'),
    once(child, 'error').then(([error]) => [error.message]),
  ]);
  process.off('exit', end);
  // Status 1 after the sum: the process has printed its violations.
  if (status === 0 || (status === 1 && complete)) return;
  tally.errors.push(`${runner} ${args.join(' ')} ended with ${signal ?? status}: ${stderr.trim()}`);
}

class Tally {
  /** @type {Map<string, number>} Violations of each operation. */
  #operations = new Map();
  #points = 0;
  #same = 0;
  /** @type {string[]} */
  #violations = [];
  /** @type {string[]} */
  errors = [];

  /** @param {number} shards */
  constructor(shards) {
    this.shards = shards;
  }

  /**
   * @param {string} line
   * @returns {boolean} Whether it was the last line of a process.
   */
  note(line) {
    const operation = OPERATION.exec(line);
    if (operation !== null) {
      const [, how, name, points, , violations] = operation;
      const key = `${how} ${name}`;
      this.#operations.set(key, (this.#operations.get(key) ?? 0) + Number(violations));
      this.#points += Number(points);
      return false;
    }
    const sum = SUM.exec(line);
    if (sum === null) this.#violations.push(line);
    else this.#same += Number(sum[2]);
    return sum !== null;
  }

  progress() {
    const found = this.#violations.length;
    return `test:kill: ${this.#points} points of ${this.#operations.size} operations so far, ${found} violations`;
  }

  /** @returns {KillResult} */
  result() {
    const counts = [...this.#operations.values()];
    return {
      shards: this.shards,
      operations: counts.length,
      points: this.#points,
      same: this.#same,
      found: counts.reduce((sum, count) => sum + count, 0),
      unsound: counts.filter((count) => count > 0).length,
      violations: this.#violations,
      errors: this.errors,
    };
  }
}

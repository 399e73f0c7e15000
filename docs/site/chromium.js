/** A headless Chromium, told what to do through a pipe (the Chrome DevTools Protocol). */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const FLAGS = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--hide-scrollbars',
  '--remote-debugging-pipe',
  '--no-first-run',
  '--disable-background-networking',
];

export class Chromium {
  #profile = mkdtempSync(join(tmpdir(), 'arena-docs-'));
  #child = spawn('chromium', [...FLAGS, `--user-data-dir=${this.#profile}`], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  });
  #calls = new Map();
  #last = 0;
  #rest = '';
  /** Every message that answers no call: `{ method, params, sessionId }`. */
  onEvent = (/** @type {any} */ _event) => {};

  constructor() {
    this.#child.once('error', (error) =>
      this.#fail(new Error(`${error.message}. Install it: apt-get install chromium`)),
    );
    this.#child.once('exit', () => this.#fail(new Error('chromium has ended')));
    const [, , , input, output] = /** @type {any} */ (this.#child.stdio);
    // The events above report the end of Chromium.
    input.on('error', () => {});
    output.setEncoding('utf8').on('data', (/** @type {string} */ text) => this.#take(text));
  }

  /**
   * @param {string} method
   * @param {object} [params]
   * @param {string} [sessionId]
   * @returns {Promise<any>}
   */
  call(method, params = {}, sessionId = undefined) {
    const id = ++this.#last;
    const message = JSON.stringify({ id, method, params, sessionId });
    return new Promise((resolve, reject) => {
      this.#calls.set(id, { resolve, reject, method });
      /** @type {any} */ (this.#child.stdio)[3].write(`${message}\0`);
    });
  }

  async close() {
    if (this.#child.pid !== undefined) {
      const ended = once(this.#child, 'exit');
      this.#child.kill('SIGKILL');
      await ended;
    }
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }

  /** @param {string} text */
  #take(text) {
    const messages = (this.#rest + text).split('\0');
    this.#rest = messages.pop() ?? '';
    for (const message of messages.map((one) => JSON.parse(one))) {
      const call = this.#calls.get(message.id);
      this.#calls.delete(message.id);
      if (call === undefined) this.onEvent(message);
      else if (message.error) call.reject(new Error(`${call.method}: ${message.error.message}`));
      else call.resolve(message.result);
    }
  }

  /** @param {Error} error */
  #fail(error) {
    for (const { reject } of this.#calls.values()) reject(error);
    this.#calls.clear();
  }
}

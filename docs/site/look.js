/** Opens the guides in Chromium, draws them, and reports what a reader would see go wrong. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Chromium } from './chromium.js';

const WIDTHS = { narrow: 360, wide: 1280 };
/** Pages that are no guides: the first one, a package, a class. */
const PAGES = [
  'index.html',
  'modules/_arena_payloads.html',
  'classes/_arena_transport-pool.SegmentPool.html',
];
const SCHEMES = ['light', 'dark'];
/** Longer pages are cut off in their picture. */
const MOST_HEIGHT = 12_000;

/**
 * Draws each page into `<folder>/pictures/<page>-<scheme>-<width>.png`.
 *
 * @param {string} folder Of the site.
 * @returns {Promise<string[]>} One line for each error on a console, and for each page that scrolls sideways.
 */
export async function look(folder) {
  const pictures = join(folder, 'pictures');
  mkdirSync(pictures, { recursive: true });
  const documents = readdirSync(join(folder, 'documents')).map((name) => join('documents', name));
  const browser = new Chromium();
  try {
    const page = await openPage(browser);
    for (const path of [...PAGES, ...documents]) {
      for (const scheme of SCHEMES) {
        for (const [name, width] of Object.entries(WIDTHS)) {
          const file = `${basename(path, '.html')}-${scheme}-${name}.png`;
          await page.draw(join(folder, path), { scheme, width }, join(pictures, file));
        }
      }
    }
    await page.search(join(folder, 'index.html'), 'ERR_ARENA_FULL');
    return page.faults;
  } finally {
    await browser.close();
  }
}

/** @param {Chromium} browser */
async function openPage(browser) {
  const { targetId } = await browser.call('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await browser.call('Target.attachToTarget', { targetId, flatten: true });
  const page = new Page(browser, sessionId);
  for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await page.call(`${domain}.enable`);
  return page;
}

class Page {
  /** @type {string[]} */
  faults = [];
  #browser;
  #session;
  #loaded = () => {};
  #open = '';

  /** @param {Chromium} browser @param {string} session */
  constructor(browser, session) {
    this.#browser = browser;
    this.#session = session;
    browser.onEvent = (event) => this.#hear(event);
  }

  /** @param {string} method @param {object} [params] */
  call(method, params) {
    return this.#browser.call(method, params, this.#session);
  }

  /**
   * @param {string} path
   * @param {{ scheme: string, width: number }} view
   * @param {string} picture
   */
  async draw(path, { scheme, width }, picture) {
    const features = [{ name: 'prefers-color-scheme', value: scheme }];
    await this.call('Emulation.setEmulatedMedia', { features });
    await this.#setScreen(width, 800);
    await this.load(path);
    const { cssContentSize } = await this.call('Page.getLayoutMetrics');
    if (cssContentSize.width > width) {
      this.#fault(`scrolls sideways at ${width} px: it is ${cssContentSize.width} px wide`);
    }
    await this.#setScreen(width, Math.min(cssContentSize.height, MOST_HEIGHT));
    const { data } = await this.call('Page.captureScreenshot');
    writeFileSync(picture, Buffer.from(data, 'base64'));
  }

  /** @param {number} width @param {number} height */
  async #setScreen(width, height) {
    const screen = { width, height, deviceScaleFactor: 1, mobile: false };
    await this.call('Emulation.setDeviceMetricsOverride', screen);
  }

  /**
   * Types into the search, which must find something without a server.
   *
   * @param {string} path
   * @param {string} text
   */
  async search(path, text) {
    await this.load(path);
    const found = await this.value(`(async () => {
      document.querySelector('#tsd-search-trigger').click();
      const field = document.querySelector('#tsd-search-input');
      for (let i = 0; i < 100; i++) {
        field.value = ${JSON.stringify(text)};
        field.dispatchEvent(new Event('input', { bubbles: true }));
        await new Promise((resolve) => setTimeout(resolve, 500));
        const results = document.querySelectorAll('#tsd-search-results a');
        if (results.length > 0) return [...results].map((result) => result.textContent);
      }
      return [];
    })()`);
    if (found.length === 0) this.#fault(`the search finds nothing for ${text}`);
  }

  /** @param {string} path */
  async load(path) {
    this.#open = path;
    const loaded = new Promise((resolve) => {
      this.#loaded = () => resolve(undefined);
    });
    await this.call('Page.navigate', { url: pathToFileURL(path).href });
    await loaded;
    // TypeDoc hides the page until its scripts have run.
    await this.value(`(async () => {
      while (getComputedStyle(document.body).display === 'none') {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    })()`);
  }

  /** @param {string} expression */
  async value(expression) {
    const answer = await this.call('Runtime.evaluate', {
      expression,
      returnByValue: true,
      awaitPromise: true,
    });
    if (answer.exceptionDetails) throw new Error(answer.exceptionDetails.exception.description);
    return answer.result.value;
  }

  /** @param {{ method: string, params: any }} event */
  #hear({ method, params }) {
    if (method === 'Page.loadEventFired') this.#loaded();
    if (method === 'Runtime.exceptionThrown') {
      this.#fault(`throws ${params.exceptionDetails.exception?.description}`);
    }
    if (method === 'Log.entryAdded' && params.entry.level === 'error') {
      this.#fault(`logs ${params.entry.text} ${params.entry.url ?? ''}`);
    }
    if (method === 'Runtime.consoleAPICalled' && params.type === 'error') {
      this.#fault(`logs ${params.args.map((/** @type {any} */ arg) => arg.value).join(' ')}`);
    }
    if (method === 'Network.requestWillBeSent' && /^(https?|wss?):/.test(params.request.url)) {
      this.#fault(`loads ${params.request.url}`);
    }
  }

  /** @param {string} what */
  #fault(what) {
    this.faults.push(`${basename(this.#open)} ${what}`);
  }
}

/** The command line of `node tools/perf`. */
import { parseArgs } from 'node:util';
import { PlainError } from '../commands/command.js';

const USAGE = `node tools/perf [package folders] [--base COMMIT] [--head COMMIT] [--only TEXT]
               [--counts] [--seconds N] [--json] [--markdown FILE]
node tools/perf [package folders] --record [--history FILE]`;

/** Seconds for all measurements together. */
const DEFAULT_SECONDS = 300;

/**
 * @typedef {object} Options
 * @property {string[]} folders Of packages; all of them when empty.
 * @property {string | undefined} base
 * @property {string | undefined} head
 * @property {string} only Measurements whose package and name contain it.
 * @property {boolean} counts Compares no times: on a busy machine only counts say something.
 * @property {number} seconds
 * @property {boolean} json
 * @property {string | undefined} markdown
 * @property {boolean} record
 * @property {string} history
 * @property {string[]} build Command that builds a checkout.
 */

/**
 * nx passes `--record` on as `--record=true`.
 *
 * @param {string[]} args
 * @returns {Options}
 */
export function readOptions(args) {
  const plain = args.map((arg) => arg.replace(/^(--(?:record|json|counts))=true$/, '$1'));
  const { values, positionals } = parsed(plain);
  const seconds = Number(values.seconds ?? process.env.ARENA_PERF_SECONDS ?? DEFAULT_SECONDS);
  if (!(seconds > 0)) throw new PlainError(`--seconds must be above 0.\nUsage: ${USAGE}`);
  return {
    folders: positionals.map((folder) => folder.replace(/\/$/, '')),
    base: values.base ?? process.env.ARENA_PERF_BASE ?? process.env.NX_BASE,
    head: values.head ?? process.env.ARENA_PERF_HEAD ?? process.env.NX_HEAD,
    only: values.only ?? '',
    seconds,
    counts: values.counts ?? false,
    json: values.json ?? false,
    markdown: values.markdown ?? process.env.ARENA_PERF_MARKDOWN,
    record: values.record ?? false,
    history: values.history ?? 'perf-history.csv',
    build: (values.build ?? 'node tools/setup').split(' ').filter((word) => word !== ''),
  };
}

/** @param {string[]} args */
function parsed(args) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        base: { type: 'string' },
        head: { type: 'string' },
        only: { type: 'string' },
        counts: { type: 'boolean' },
        seconds: { type: 'string' },
        json: { type: 'boolean' },
        markdown: { type: 'string' },
        record: { type: 'boolean' },
        history: { type: 'string' },
        build: { type: 'string' },
      },
    });
  } catch (error) {
    throw new PlainError(`${error instanceof Error ? error.message : error}\nUsage: ${USAGE}`);
  }
}

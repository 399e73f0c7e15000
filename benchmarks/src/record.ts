/**
 * Records results: runs benchmarks of this checkout one after another, and writes their output and the
 * conditions into benchmarks/results.
 *
 *     node benchmarks/dist/record.js [transport] [crossover] [latency] [fanout] [micro] [--busy]
 *
 * Without names it records all of them. On a busy machine it records nothing, unless you pass `--busy`.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeHost, type Host, thisHost } from './kit/host.js';

interface Command {
  readonly words: string;
  /** Writes the CSV and the plot of the recording. */
  readonly drawn?: boolean;
}

const fanout = (flags: string): Command => ({ words: `arena bench fanout ${flags}` });
const unchecked = '--readers 5 --no-verify-writes --compare-locked';

const recordings: Readonly<Record<string, readonly Command[]>> = {
  transport: [
    {
      words: 'arena bench transport --isolate --sizes 2 8 32 --num-items 60 --runs 3',
      drawn: true,
    },
    { words: 'arena bench transport --isolate --sizes 32 --num-items 16 --runs 10' },
  ],
  crossover: [{ words: 'arena bench crossover --runs 3 --duration-seconds 0.1', drawn: true }],
  latency: [{ words: 'arena bench latency', drawn: true }],
  fanout: [
    { words: 'arena bench fanout --preset many-readers', drawn: true },
    fanout('--preset good-behaviour'),
    fanout('--preset rate-beyond-lock'),
    fanout('--preset rate-beyond-memory'),
    fanout('--preset slow-readers'),
    fanout('--preset slow-readers --when-full wait'),
    fanout('--preset slow-readers --when-full overwrite'),
    fanout('--readers 5 --compare-locked'),
    fanout(unchecked),
    fanout(`${unchecked} --slot-bytes 1000`),
    fanout(`${unchecked} --slot-bytes 1000 --batch 64`),
    fanout(`${unchecked} --slot-bytes 1000 --slots 10`),
    fanout('--slot-bytes 100 --batch 64'),
  ],
  micro: [
    { words: 'node benchmarks/micro/envelope.mjs' },
    { words: 'node benchmarks/micro/hardened.mjs' },
    { words: 'node benchmarks/micro/packets.mjs' },
  ],
};

const root = fileURLToPath(new URL('../../', import.meta.url));
const results = join(root, 'benchmarks/results');
/** More running processes than this, on average over a minute, and the machine is not idle. */
const idleLoad = 0.3;

const git = (...args: string[]) =>
  execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();

function commit(): string {
  const changed = git('status', '--porcelain') !== '';
  return `commit ${git('rev-parse', '--short', 'HEAD')}${changed ? ' with changes' : ''}`;
}

const slug = (words: string) => words.toLowerCase().replace(/[^a-z0-9]+/g, '-');

/** `AMD EPYC 7B13 64-Core Processor` is too long for the name of a file. */
function nameOf({ cpu, cores }: Host, recording: string): string {
  const [day] = new Date().toISOString().split('T');
  const words = cpu.replace(/\([^)]*\)|\d+-Core.*|Processor|CPU.*/g, '').trim();
  return `${day}-${slug(words)}-${cores}-cores-${recording}`;
}

/** The output of the command. */
function run({ words, drawn }: Command, name: string): string {
  const files = drawn ? ['--output', `${name}.csv`, '--plot', `${name}.png`] : [];
  const [program = '', ...args] = words.split(' ');
  const path = program === 'arena' ? join(root, 'node_modules/.bin/arena') : program;
  const paths = program === 'arena' ? args : args.map((arg) => join(root, arg));
  process.stderr.write(`${words}\n`);
  const { stdout, status, error } = spawnSync(path, [...paths, ...files], {
    cwd: results,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (error) throw error;
  const failed = status === 0 ? '' : `\nIt exited with status ${status}.\n`;
  return [`\`${[words, ...files].join(' ')}\``, '', '```', stdout.trimEnd(), '```', failed].join(
    '\n',
  );
}

function record(recording: string): void {
  const host = thisHost();
  const name = nameOf(host, recording);
  const load = loadavg()[0]?.toFixed(2);
  const sections = (recordings[recording] ?? []).map((command) => run(command, name));
  const head = `# ${recording}, ${new Date().toISOString().split('T')[0]}`;
  const conditions = `${describeHost(host)}, ${commit()}, load ${load} before the first run.`;
  const image = recordings[recording]?.some(({ drawn }) => drawn) ? [`![plot](${name}.png)\n`] : [];
  writeFileSync(
    join(results, `${name}.md`),
    [head, '', conditions, '', ...sections, ...image].join('\n'),
  );
  process.stderr.write(`Recorded ${name}.\n`);
}

const busy = process.argv.includes('--busy');
const named = process.argv.slice(2).filter((word) => word !== '--busy');
const wrong = named.filter((name) => !(name in recordings));
const [load = 0] = loadavg();
if (wrong.length > 0) {
  process.stderr.write(
    `There is no recording ${wrong.join(', ')}. There are ${Object.keys(recordings).join(', ')}.\n`,
  );
  process.exitCode = 2;
} else if (load > idleLoad && !busy) {
  process.stderr.write(
    `This machine is busy (load ${load.toFixed(2)}), so figures would say little. Wait, or pass --busy.\n`,
  );
  process.exitCode = 1;
} else {
  for (const name of named.length > 0 ? named : Object.keys(recordings)) record(name);
}

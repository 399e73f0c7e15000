/** The steps of `npm run check`, in order. The first failure ends the check. */

/**
 * @typedef {object} Step
 * @property {string} title
 * @property {string[]} command
 * @property {string} [log] File for the output, relative to the top. The output is not shown then.
 */

const { PATH = '', HOME = '' } = process.env;

/** The output of a terminal holds control sequences, so it goes to a file. */
const TERMINAL_LOG = 'build/check/terminal.log';
const IN_TERMINAL = 'stty columns 80 rows 24 && npm test';

/** @type {Step[]} */
export const STEPS = [
  // Set-up runs in the caller's environment, which may have settings to reach a network.
  {
    title: 'set-up',
    command: [process.execPath, 'tools/setup', '--with=check,format,model,sanitize'],
  },
  {
    title: 'tests in an empty environment',
    command: ['env', '-i', `PATH=${PATH}`, `HOME=${HOME}`, 'npm', 'test'],
  },
  {
    title: 'tests in a terminal',
    // `script` of util-linux gives the command a terminal, even when the check has none.
    command: ['script', '--quiet', '--return', '--command', IN_TERMINAL, TERMINAL_LOG],
    log: TERMINAL_LOG,
  },
  { title: 'what ships', command: [process.execPath, 'tools/shipped'] },
  { title: 'lint', command: ['npm', 'run', 'lint'] },
  { title: 'types', command: ['npm', 'run', 'typecheck'] },
  { title: 'documents', command: ['npm', 'run', 'docs'] },
  { title: 'runtimes', command: ['npm', 'run', 'test:runtimes', '--', '--smoke'] },
  { title: 'performance', command: [process.execPath, 'tools/perf/check.js'] },
  { title: 'kills', command: ['npm', 'run', 'test:kill', '--', '--sample', '300'] },
  { title: 'models', command: ['npm', 'run', 'test:model'] },
  { title: 'sanitizers', command: ['npm', 'run', 'test:sanitize'] },
  { title: 'fuzzing', command: ['npm', 'run', 'fuzz'] },
];

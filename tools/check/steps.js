/** The steps of `npm run check`, in their order. The first that fails is the last. */

/**
 * @typedef {object} Step
 * @property {string} title
 * @property {string[]} command
 * @property {string} [log] File that its output goes to, relative to the top, and not to the reader.
 */

const { PATH = '', HOME = '' } = process.env;

/** The drawing of a terminal is no reading for a log. */
const TERMINAL_LOG = 'build/check/terminal.log';
const IN_TERMINAL = 'stty columns 80 rows 24 && npm test';

/** @type {Step[]} */
export const STEPS = [
  // In the shell as it is: only that one knows how to reach a network.
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
    // `script` of util-linux has a terminal for the command, whether or not there is one here.
    command: ['script', '--quiet', '--return', '--command', IN_TERMINAL, TERMINAL_LOG],
    log: TERMINAL_LOG,
  },
  { title: 'lint', command: ['npm', 'run', 'lint'] },
  { title: 'types', command: ['npm', 'run', 'typecheck'] },
  { title: 'kills', command: ['npm', 'run', 'test:kill', '--', '--sample', '300'] },
  { title: 'models', command: ['npm', 'run', 'test:model'] },
  { title: 'sanitizers', command: ['npm', 'run', 'test:sanitize'] },
  { title: 'fuzzing', command: ['npm', 'run', 'fuzz'] },
];

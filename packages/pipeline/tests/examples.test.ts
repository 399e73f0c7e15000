import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const execute = promisify(execFile);

const outputs: Readonly<Record<string, readonly string[]>> = {
  'read-frames.js': [
    'epoch 1: frames 0 (0) and 1 (1)',
    'epoch 1: frames 2 (2) and 3 (3)',
    'epoch 1: frames 4 (4) and 5 (5)',
    'epoch 2: frames 0 (0) and 1 (1)',
    'epoch 2: frames 2 (2) and 3 (3)',
    'epoch 2: frames 4 (4) and 5 (5)',
  ],
  'leave-and-return.js': ['8', '9', 'ERR_ROUND: 10 ends in 0', '8', '9', '10', '11'],
};

describe('the example', () => {
  it.each(Object.entries(outputs))(
    '%s prints the lines that its README names',
    async (name, lines) => {
      const script = fileURLToPath(new URL(`../examples/${name}`, import.meta.url));
      const { stdout, stderr } = await execute(process.execPath, [script]);
      expect(stdout).toBe(`${lines.join('\n')}\n`);
      expect(stderr).toBe('');
    },
  );
});

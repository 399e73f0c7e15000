import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { arena } from './arena-command.js';
import { seedHeader } from './seed-header.js';

const code = 'ERR_ARENA_INVALID_ARGUMENT';

describe('arena bench transport with wrong usage', () => {
  it.each([
    [['--sizes', '0'], 'a size is a positive number of MiB, not "0"'],
    [['--sizes', '-1'], 'a size is a positive number of MiB, not "-1"'],
    [['--sizes', 'NaN'], 'a size is a positive number of MiB, not "NaN"'],
    [['--sizes', '2', 'Infinity'], 'a size is a positive number of MiB, not "Infinity"'],
    [['--sizes', '0.3'], 'a size must come to a multiple of 4 bytes: 0.3 MiB'],
    [['--sizes', '1e9'], 'payloads of 1000000000 MiB need 9437184000000000 bytes'],
    [['--sizes'], 'Flag --sizes expects a value'],
    [
      ['--kinds', 'video'],
      'Expected --kinds=video to be one of: bytes, typed-array, tensor, packets',
    ],
    [['--transports', 'mail'], 'Expected --transports=mail to be one of: no-arena, ring, pool'],
    [['--runs', '0'], 'Expected an integer greater than or equal to 1 but received: 0'],
    [['--num-items', '1.5'], 'Expected an integer but received: 1.5'],
    [['--buffer-size', 'many'], 'Expected an integer but received: many'],
    [['--gap-sec', '-1'], 'expected a number of seconds, 0 or more, but received: -1'],
    [['--duration-sec', ''], 'expected a number of seconds, 0 or more, but received:'],
    [['--plot', 'plot.gif'], 'a plot is written as .png or .svg, not as "plot.gif"'],
    [['--output', '/no/such/folder/x.csv'], 'there is no folder "/no/such/folder"'],
    [['--output', tmpdir()], 'it is a folder'],
    [['--size', '2'], 'Nonexistent flag: --size'],
  ])('says what is wrong with %j, without a stack, and exits 2', async (args, message) => {
    const { status, stdout, stderr } = await arena('bench', 'transport', ...args);
    expect(stderr).toContain(message);
    expect(stderr).toContain(`Code: ${code}`);
    expect(stderr).not.toMatch(/\bat .*:\d+:\d+/);
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });

  it('prints the error as JSON with --json, and still exits 2', async () => {
    const { status, stdout } = await arena('bench', 'transport', '--sizes', '0', '--json');
    expect(JSON.parse(stdout)).toEqual({
      error: {
        code,
        name: 'Error',
        message: expect.stringContaining('a size is a positive number of MiB, not "0"'),
        oclif: { exit: 2 },
      },
    });
    expect(status).toBe(2);
  });

  it('refuses unknown commands', async () => {
    const { status, stderr } = await arena('bench', 'mail');
    expect(stderr).toContain('there is no command "arena bench mail"');
    expect(status).toBe(2);
  });
});

describe('arena plot with bad input', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'arena-cli-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    ['', 'there is no row in it'],
    ['kind,size\nbytes,2\n', 'line 1: no column size_mb, transport'],
    [`${seedHeader}\n32,bytes,pool,1,fast,1,1,1,1,1\n`, 'line 2: mb_per_s is "fast"'],
    ['\u0000\u0001\u0002', 'line 1: no column'],
  ])('names what is wrong with a file of %j, draws nothing, exits 1', async (text, message) => {
    const [input, output] = [join(folder, 'in.csv'), join(folder, 'out.png')];
    writeFileSync(input, text);
    const { status, stderr } = await arena('plot', input, '--output', output);
    expect(stderr).toContain('cannot be plotted');
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/\bat .*:\d+:\d+/);
    expect(status).toBe(1);
    expect(readdirSync(folder)).toEqual(['in.csv']);
  });

  it('names a missing file, and exits with 1', async () => {
    const { status, stderr } = await arena('plot', join(folder, 'no.csv'), '--output', 'x.png');
    expect(stderr).toContain('no such file');
    expect(status).toBe(1);
  });

  it('needs an input and an output, and exits with 2 without them', async () => {
    const [noInput, noOutput] = [
      await arena('plot', '--output', 'x.png'),
      await arena('plot', 'x'),
    ];
    expect(noInput.stderr).toContain('Missing 1 required arg');
    expect(noOutput.stderr).toContain('Missing required flag output');
    expect([noInput.status, noOutput.status]).toEqual([2, 2]);
  });
});

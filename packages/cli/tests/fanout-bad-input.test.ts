import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { arena } from './arena-command.js';

describe('arena bench fanout with wrong usage', () => {
  it.each([
    [['--readers', '0'], 'Expected an integer greater than or equal to 1 but received: 0'],
    [['--readers', '250', '--writers', '7'], '250 readers and 7 writers are too many'],
    [['--writers', 'many'], 'Expected an integer but received: many'],
    [['--slots', '1'], 'Expected an integer greater than or equal to 2 but received: 1'],
    [['--slot-bytes', '15'], '--slot-bytes 15 is too small: sequence, writer and checksum take 16'],
    [['--slot-bytes', '1000000000', '--slots', '1000000'], 'Lower --slots or --slot-bytes'],
    [['--duration-seconds', '0'], '--duration-seconds must be above 0'],
    [['--duration-seconds', 'NaN'], 'expected a number of seconds, 0 or more, but received: NaN'],
    [['--writes-per-second', '-1'], 'Expected an integer greater than or equal to 0'],
    [['--reader-burn-cpu-milliseconds', '1.5'], 'Expected an integer but received: 1.5'],
    [['--batch', '11'], '--batch 11 exceeds --slots 10'],
    [['--transport', 'mail'], 'Expected --transport=mail to be one of: ring, pool'],
    [['--when-full', 'panic'], 'Expected --when-full=panic to be one of: throw, wait, overwrite'],
    [['--transport', 'pool', '--when-full', 'overwrite'], 'a pool overwrites nothing'],
    [['--transport', 'pool', '--batch', '2'], '--batch 2 is for rings'],
    [['--when-full', 'overwrite', '--compare-locked'], 'the locked ring overwrites nobody'],
    [['--preset', 'no-such'], 'Expected --preset=no-such to be one of: good-behaviour'],
    [['--plot', 'plot.gif'], 'a plot is written as .png or .svg, not as "plot.gif"'],
    [['--output', tmpdir()], 'it is a folder'],
    [['--reader', '5'], 'Nonexistent flag: --reader'],
  ])('says what is wrong with %j, without a stack, and exits 2', async (args, message) => {
    const { status, stdout, stderr } = await arena('bench', 'fanout', ...args);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/\bat .*:\d+:\d+/);
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });

  it('prints the error as JSON with --json, and still exits 2', async () => {
    const { status, stdout } = await arena('bench', 'fanout', '--slot-bytes', '3', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: 'ERR_ARENA_INVALID_ARGUMENT', oclif: { exit: 2 } },
    });
    expect(status).toBe(2);
  });
});

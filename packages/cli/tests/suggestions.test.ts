import { describe, expect, it } from 'vitest';
import { arena } from './arena-command.js';

describe('a misspelt word', () => {
  it.each([
    ['bench transport --size 2', 'Nonexistent flag: --size. Did you mean --sizes?'],
    ['bench transport --size=2', 'Did you mean --sizes?'],
    ['bench fanout --duration-secnds 1', 'Did you mean --duration-seconds?'],
    ['bench fanout --no-verify-write', 'Did you mean --no-verify-writes?'],
    ['bench latency --placement two-cores --transport pool', '--placements and --transports?'],
    ['bench crossover --maxsize 1MB', 'Did you mean --max-size?'],
    ['plot results.csv --outptu plot.png', 'Did you mean --output?'],
    ['ls --jsno', 'Did you mean --json?'],
    ['bench transport --kinds byte', 'tensor, packets. Did you mean bytes?'],
    ['bench transport --transports no_arena', 'Did you mean no-arena?'],
    ['bench fanout --preset many-reader', 'Did you mean many-readers?'],
    ['bench fanout --when-full=overwritten', 'Did you mean overwrite?'],
    ['bench latency --placements same-cores', 'Did you mean same-core?'],
    ['bench transprt', 'there is no command "arena bench transprt". Did you mean "arena bench'],
    ['bnch fanout', 'there is no command "arena bnch fanout". Did you mean "arena bench fanout"?'],
    ['lss', 'there is no command "arena lss". Did you mean "arena ls"?'],
  ])('arena %s is an error that names the nearest right one', async (line, message) => {
    const { status, stdout, stderr } = await arena(...line.split(' '));
    expect(stderr).toContain(message);
    expect(stderr).toContain('Code: ERR_ARENA_INVALID_ARGUMENT');
    // The list of all flags would push the answer off the screen.
    expect(stderr).not.toContain('USAGE');
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });

  it('is answered with all right words when none is near', async () => {
    const flag = await arena('ls', '--frobnicate');
    expect(flag.stderr).toContain('Nonexistent flag: --frobnicate See more help');
    expect(flag.stderr).toContain('USAGE');
    const command = await arena('frobnicate');
    expect(command.stderr).toContain('there is no command "arena frobnicate". "arena help" lists');
    expect([flag.status, command.status]).toEqual([2, 2]);
  });

  it('is answered in the error of --json as well', async () => {
    const { stdout } = await arena('bench', 'transport', '--json', '--size', '2');
    expect(JSON.parse(stdout).error.message).toContain('Did you mean --sizes?');
  });
});

describe('the two spellings of a duration', () => {
  const short = {
    transport: '--sizes 0.25 --num-items 1 --transports pool --kinds bytes'.split(' '),
    crossover: '--sizes 100 --runs 1 --transports ring --metrics sends'.split(' '),
    latency: '--transports unix-socket --placements same-core'.split(' '),
    fanout: '--slot-bytes 1000'.split(' '),
  };

  it.each(
    Object.entries(short).flatMap(([name, flags]) => [
      [name, '--duration-sec', flags] as const,
      [name, '--duration-seconds', flags] as const,
    ]),
  )('arena bench %s takes %s', async (name, spelling, flags) => {
    const { status, stdout } = await arena('bench', name, spelling, '0.05', ...flags, '--json');
    expect(JSON.parse(stdout)).toHaveProperty('host');
    expect(status).toBe(0);
  });
});

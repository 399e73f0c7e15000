import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { EndedEarly, StartedProcess } from '../../dist/kit/processes/started-process.js';

/** The functions of fixtures/calculator-process.js. */
type Calculator = {
  double(number: number): number;
  fail(message: string): never;
  countTo(count: number, tell: (news: number) => void): Promise<string>;
  variable(name: string): string | undefined;
  exit(code: number): never;
  missing(nothing: undefined): void;
};

const module = new URL('fixtures/calculator-process.js', import.meta.url);

function start(options: { environment?: NodeJS.ProcessEnv; launcher?: string[] } = {}) {
  const started = new StartedProcess<Calculator>(module, { name: 'the calculator', ...options });
  onTestFinished(() => started.kill());
  return started;
}

describe('StartedProcess', () => {
  it('returns what a function of the process returns', async () => {
    const calculator = start();
    expect(await Promise.all([1, 2, 3].map((n) => calculator.call('double', n)))).toEqual([
      2, 4, 6,
    ]);
  });

  it('throws what a function throws, and goes on', async () => {
    const calculator = start();
    await expect(calculator.call('fail', 'no way')).rejects.toThrow('no way');
    expect(await calculator.call('double', 2)).toBe(4);
  });

  it('hands on the news of a call in order, before its result', async () => {
    const heard: number[] = [];
    const result = await start().call('countTo', 3, (news) => heard.push(news));
    expect([...heard, result]).toEqual([1, 2, 3, 'done']);
  });

  it('says that a function does not exist', async () => {
    const call = start().call('missing', undefined);
    await expect(call).rejects.toThrow('this process has no function "missing"');
  });

  it('fails calls with how the process ended, those under way and those to come', async () => {
    const calculator = start();
    const ended = `the calculator ${calculator.pid} ended early, exit code 7`;
    await expect(calculator.call('exit', 7)).rejects.toThrow(new EndedEarly(ended));
    await expect(calculator.call('double', 1)).rejects.toThrow(ended);
  });

  it('names the signal that ended the process', async () => {
    const calculator = start();
    await calculator.call('double', 1);
    process.kill(calculator.pid, 'SIGKILL');
    await expect(calculator.call('double', 1)).rejects.toThrow('ended early, signal SIGKILL');
  });

  it('says that a process could not be started, and with which program', async () => {
    const calculator = start({ launcher: ['no-such-program'] });
    await expect(calculator.call('double', 1)).rejects.toThrow(
      'the calculator could not be started: spawn no-such-program ENOENT',
    );
  });

  it('gives the process variables, and starts it through another program', async () => {
    const calculator = start({
      environment: { SOME_VARIABLE: 'set' },
      launcher: ['env', 'OTHER_VARIABLE=set too'],
    });
    expect(await calculator.call('variable', 'SOME_VARIABLE')).toBe('set');
    expect(await calculator.call('variable', 'OTHER_VARIABLE')).toBe('set too');
  });

  it('is gone when stop has returned, with exit code 0', async () => {
    const calculator = start();
    await calculator.call('double', 1);
    await calculator.stop();
    expect(calculator.child.exitCode).toBe(0);
  });

  it('ignores binaries that come through the channel', async () => {
    const calculator = start();
    calculator.child.send(new Uint8Array([1, 2, 3]));
    expect(await calculator.call('double', 4)).toBe(8);
  });

  it('ends the process when the one that started it is gone', async () => {
    const calculator = start();
    await calculator.call('double', 1);
    const ended = once(calculator.child, 'exit');
    calculator.child.disconnect();
    expect(await ended).toEqual([0, null]);
  });
});

import { describe, expect, it } from 'vitest';
import { findingOfHugePages, findingOfSharedMemory, isAtLeast } from '../dist/doctor/checks.js';
import { formatFindings } from '../dist/doctor/report.js';
import { arena } from './arena-command.js';

describe('isAtLeast', () => {
  it.each([
    ['20.19.0', '20.19.0', true],
    ['20.9.0', '20.19.0', false],
    ['24.0.0', '20.19.0', true],
    ['6.18.44-fc-v657', '5.14', true],
    ['5.4.0-generic', '5.14', false],
    ['5', '5.14', false],
  ])('says of %s and %s: %s', (have, want, answer) => {
    expect(isAtLeast(have, want)).toBe(answer);
  });
});

describe('findings', () => {
  it('name the 64 MiB that a container has by default as a limit', () => {
    const finding = findingOfSharedMemory(64 * 2 ** 20, 64 * 2 ** 20);
    expect(finding).toMatchObject({ status: 'limited', detail: '64 MiB of 64 MiB free' });
    expect(findingOfSharedMemory(2 ** 34, 2 ** 33).status).toBe('ok');
  });

  it('read the setting of huge pages from its brackets', () => {
    expect(findingOfHugePages('always within_size [advise] never deny force\n').status).toBe('ok');
    expect(findingOfHugePages('always within_size advise [never] deny force\n')).toMatchObject({
      status: 'limited',
      detail: 'never for shared memory',
    });
  });

  it('are printed one a line, with what to do under those that need it', () => {
    const text = formatFindings([
      { name: 'cores', status: 'ok', detail: '2' },
      { name: 'libav', status: 'limited', detail: 'not found', remedy: 'Install it.' },
    ]);
    expect(text).toBe('ok       cores  2\nlimited  libav  not found\n                Install it.');
  });
});

describe('arena doctor', () => {
  it('finds arena working where its tests run', async () => {
    const { status, stdout, stderr } = await arena('doctor', '--json');
    const { findings } = JSON.parse(stdout);
    expect(findings).toContainEqual({
      name: 'native addon and memfd',
      status: 'ok',
      detail: 'a pool was created, written and read',
    });
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });
});

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fingerprint } from '../checkout/fingerprint.js';
import { isComplete } from '../setup/steps/npm-packages.js';
import { workspaceOf } from './workspace.js';

describe('the installed packages', () => {
  const locked = { version: '1.0.0', integrity: 'sha512-a' };
  const complete = (wanted: object, there: object) =>
    isComplete(new Map(Object.entries(wanted)), new Map(Object.entries(there)));

  it('is complete when the locked packages are installed', () => {
    expect(complete({ 'node_modules/a': locked }, { 'node_modules/a': locked })).toBe(true);
  });

  it('may lack an optional package, and no other', () => {
    const optional = { ...locked, optional: true };
    expect(complete({ 'node_modules/a': optional }, {})).toBe(true);
    expect(complete({ 'node_modules/a': locked }, {})).toBe(false);
  });

  it('is not complete with another version, other content, or a package too many', () => {
    const wanted = { 'node_modules/a': locked };
    expect(complete(wanted, { 'node_modules/a': { ...locked, version: '1.0.1' } })).toBe(false);
    expect(complete(wanted, { 'node_modules/a': { ...locked, integrity: 'b' } })).toBe(false);
    expect(complete({}, wanted)).toBe(false);
  });
});

describe('a fingerprint', () => {
  it('changes with the content of a file, with its name and with the facts, and with nothing else', () => {
    const top = workspaceOf({ 'src/a.ts': 'one', 'src/deep/b.ts': 'two' });
    const before = fingerprint(['src'], [], top);
    writeFileSync(join(top, 'src/a.ts'), 'one');
    expect(fingerprint(['src'], [], top)).toBe(before);
    expect(fingerprint(['src'], ['fact'], top)).not.toBe(before);
    writeFileSync(join(top, 'src/c.ts'), '');
    const more = fingerprint(['src'], [], top);
    expect(more).not.toBe(before);
    writeFileSync(join(top, 'src/a.ts'), 'another');
    expect(fingerprint(['src'], [], top)).not.toBe(more);
  });
});

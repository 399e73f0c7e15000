import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../checkout/root.js';

const core = join(root, 'packages/shm-core/native/core');
/** Headers of Linux and of POSIX. */
const SYSTEM =
  /^#include <((sys|linux)\/|(unistd|fcntl|poll|dirent|time|pthread|sched|signal)\.h)/m;

const stemOf = (file: string) => file.replace(/(_linux)?\.(cpp|hpp)$/, '');

it('the files of the core that include headers of the system are the listed platform layer', () => {
  const files = readdirSync(core);
  const using = files.filter((file) => SYSTEM.test(readFileSync(join(core, file), 'utf8')));
  const text = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8');
  const section = /^## The platform layer\n(.*?)^## /ms.exec(text)?.[1] ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('- '));
  const listed = rows.flatMap((row) =>
    [...(row.split(':', 1)[0] ?? '').matchAll(/`(\w+)`/g)].map((m) => m[1]),
  );
  expect([...listed].sort()).toEqual([...new Set(using.map(stemOf))].sort());
});

/**
 * Checks the format of the C++ code with clang-format 16: `node tools/format-native.js [--write]`
 *
 * Another version formats differently, so where 16 is not installed the check is left out, with a
 * word; on a build server that is a failure.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { filesUnder, root } from './setup/fingerprint.js';

const CLANG_FORMAT = 'clang-format-16';
const SOURCE = /\.(cpp|hpp)$/;

const files = readdirSync(join(root, 'packages'))
  .flatMap((name) => filesUnder(`packages/${name}/native`))
  .filter((path) => SOURCE.test(path));
const mode = process.argv.includes('--write') ? ['-i'] : ['--dry-run', '--Werror'];
const { error, status } = spawnSync(CLANG_FORMAT, [...mode, ...files], {
  cwd: root,
  stdio: ['ignore', 'inherit', 'inherit'],
});
if (error !== undefined) {
  console.error(
    `${CLANG_FORMAT} is not here (${error.message}): ${files.length} C++ files unchecked.`,
  );
  process.exitCode = process.env.CI ? 1 : 0;
} else {
  process.exitCode = status ?? 1;
}

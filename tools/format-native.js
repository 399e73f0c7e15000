/**
 * Checks the format of the C++ code with clang-format 16: `node tools/format-native.js [--write]`
 *
 * No other version will do: each formats differently.
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
    `${CLANG_FORMAT} did not start (${error.message}), so ${files.length} C++ files are unchecked. ` +
      'Install it with `node tools/setup --with=format`.',
  );
  process.exitCode = 1;
} else {
  process.exitCode = status ?? 1;
}

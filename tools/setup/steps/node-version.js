import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../fingerprint.js';
import { SetupError } from '../progress.js';

/** @throws {SetupError} This Node is older than package.json allows. */
export function checkNodeVersion() {
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const oldest = engines.node.replace('>=', '');
  if (process.versions.node.localeCompare(oldest, 'en', { numeric: true }) < 0) {
    throw new SetupError(
      `Node ${process.versions.node} is too old: arena needs ${oldest} or newer.`,
    );
  }
}

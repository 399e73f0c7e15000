import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../checkout/root.js';
import { PlainError } from '../../commands/command.js';

/** @throws {PlainError} This Node is older than package.json allows. */
export function checkNodeVersion() {
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const oldest = engines.node.replace('>=', '');
  if (process.versions.node.localeCompare(oldest, 'en', { numeric: true }) < 0) {
    throw new PlainError(
      `Node ${process.versions.node} is too old: arena needs ${oldest} or newer.`,
    );
  }
}

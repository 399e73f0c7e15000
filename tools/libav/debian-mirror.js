import { execFileSync } from 'node:child_process';
import { PlainError } from '../commands/command.js';

/** Where this system's apt finds Debian's packages. */
export function debianMirror() {
  const asked = ['indextargets', '--format', '$(SITE)', 'Origin: Debian', 'Label: Debian'];
  const [site] = execFileSync('apt-get', asked, { encoding: 'utf8' }).split('\n');
  if (site) return site;
  throw new PlainError('apt knows no list of Debian packages. This helps:\n  apt-get update');
}

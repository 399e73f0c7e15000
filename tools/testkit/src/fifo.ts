import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A named pipe that is open at both ends. A read waits until another process writes. */
export interface Fifo extends Disposable {
  readonly blocking: number;
  /** Waits neither for the other end nor for room. */
  readonly other: number;
}

export function fifo(): Fifo {
  const folder = mkdtempSync(join(tmpdir(), 'arena-fifo-'));
  const path = join(folder, 'fifo');
  execFileSync('mkfifo', [path]);
  const other = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  const blocking = openSync(path, constants.O_RDWR);
  return {
    blocking,
    other,
    [Symbol.dispose]() {
      closeSync(blocking);
      closeSync(other);
      rmSync(folder, { recursive: true });
    },
  };
}

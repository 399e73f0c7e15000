/** Accesses the shared memory of an arena without the arena. */
import { closeSync, openSync, readdirSync, readFileSync, readlinkSync, writeSync } from 'node:fs';

/** Path of the memory of the only arena that this process has open. */
function memoryPath(): string {
  const paths = readdirSync('/proc/self/fd')
    .map((fd) => `/proc/self/fd/${fd}`)
    .filter((path) => targetOf(path).startsWith('/memfd:arena'));
  const [path] = paths;
  if (path === undefined || paths.length > 1) {
    throw new Error(`${paths.length} arenas are open, not one`);
  }
  return path;
}

function targetOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

/** Every place of `pattern` in the arena's memory, in bytes from its beginning. */
export function placesOf(pattern: Uint8Array): number[] {
  const memory = readFileSync(memoryPath());
  const places: number[] = [];
  for (let at = memory.indexOf(pattern); at >= 0; at = memory.indexOf(pattern, at + 1)) {
    places.push(at);
  }
  return places;
}

/** Changes the arena's memory without any call of arena. */
export function overwriteMemory(place: number, bytes: Uint8Array): void {
  const fd = openSync(memoryPath(), 'r+');
  try {
    writeSync(fd, bytes, 0, bytes.byteLength, place);
  } finally {
    closeSync(fd);
  }
}

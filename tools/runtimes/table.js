/** The table in the README of shm-core that says what works where. */
import { PROGRAMS, RUNTIMES } from './runtimes.js';
import { BUN_VERSION, DENO_VERSION, NODE_VERSIONS } from './versions.js';

/** @type {Record<string, string>} */
const VERSIONS = {
  ...Object.fromEntries(
    Object.entries(NODE_VERSIONS).map(([major, version]) => [`Node ${major}`, version]),
  ),
  Bun: BUN_VERSION,
  Deno: DENO_VERSION,
};

/** @returns {string[][]} The rows of the table, the head first. */
export function runtimeTable() {
  const rows = RUNTIMES.map(({ name, leases, lacks = {} }) => {
    const lacking = Object.entries(lacks).map(
      ([program, how]) =>
        `${PROGRAMS[/** @type {keyof typeof PROGRAMS} */ (program)]}: ${how.startsWith('ERR_') ? `\`${how}\`` : how}`,
    );
    const tested = VERSIONS[name] ? `${name} (${VERSIONS[name]})` : name;
    return [tested, leases, lacking.join(', ') || 'nothing'];
  });
  return [['runtime', 'the bytes of a lease are', 'what does not work'], ...rows];
}

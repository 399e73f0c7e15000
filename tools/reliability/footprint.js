/** Measures the resources of this process and of the processes that it has started. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * @typedef {object} Footprint
 * @property {string[]} names Arenas in /dev/shm whose name begins with `prefix`.
 * @property {number} descriptors
 * @property {number} arenaMappings Number of mapped parts of arenas.
 * @property {number[]} descendants Living processes that descend from this one.
 * @property {number} residentMiB Private memory, without files and arenas.
 */

/**
 * @param {string} prefix The names of this run's arenas begin with it.
 * @returns {Footprint}
 */
export function footprint(prefix) {
  const maps = readFileSync('/proc/self/maps', 'utf8').split('\n');
  return {
    names: readdirSync('/dev/shm').filter((name) => name.startsWith(`arena-${prefix}`)),
    descriptors: descriptors().length,
    arenaMappings: maps.filter((line) => /memfd:arena|\/dev\/shm\/arena-/.test(line)).length,
    descendants: descendantsOf(process.pid),
    residentMiB: privateMiB(),
  };
}

function privateMiB() {
  const status = readFileSync('/proc/self/status', 'utf8');
  return Number(/^RssAnon:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}

/** The target of each descriptor, without the one that lists them. */
export function descriptors() {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [`${fd} ${readlinkSync(`/proc/self/fd/${fd}`)}`];
    } catch {
      return [];
    }
  });
}

/**
 * @param {number} ancestor
 * @returns {number[]} Living processes that descend from it.
 */
export function descendantsOf(ancestor) {
  /** @type {Map<number, number>} */
  const parents = new Map();
  for (const entry of readdirSync('/proc')) {
    const status = /^\d+$/.test(entry) ? statusOf(Number(entry)) : undefined;
    if (status !== undefined && status.state !== 'Z') parents.set(Number(entry), status.parent);
  }
  const isBelow = (/** @type {number | undefined} */ pid) => {
    for (let at = pid; at !== undefined; at = parents.get(at)) if (at === ancestor) return true;
    return false;
  };
  return [...parents].filter(([, parent]) => isBelow(parent)).map(([pid]) => pid);
}

/** @param {number} pid */
function statusOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state, parent: Number(parent) };
  } catch {
    return undefined;
  }
}

/**
 * The resources that a run has left behind. Finalizers and the kernel get some time to free them.
 *
 * @param {string} prefix As for `footprint`.
 * @param {Footprint} before
 * @returns {Promise<string[]>}
 */
export async function leftBehind(prefix, before) {
  const until = performance.now() + 3000;
  for (;;) {
    const findings = compare(before, footprint(prefix));
    if (findings.length === 0 || performance.now() > until) return findings;
    await sleep(20);
  }
}

/** @param {Footprint} before @param {Footprint} after */
function compare(before, after) {
  const findings = [];
  if (after.names.length > 0) findings.push(`/dev/shm still holds ${after.names.join(', ')}`);
  if (after.descriptors > before.descriptors) {
    findings.push(`${after.descriptors} descriptors are open, ${before.descriptors} were before`);
  }
  if (after.arenaMappings > before.arenaMappings) {
    findings.push(`${after.arenaMappings} parts of arenas are mapped`);
  }
  const strays = after.descendants.filter((pid) => !before.descendants.includes(pid));
  if (strays.length > 0) findings.push(`processes ${strays.join(', ')} are still there`);
  return findings;
}

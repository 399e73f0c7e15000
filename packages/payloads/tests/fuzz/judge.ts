/** Checks the outcome of an input, and names the outcome. */
import { inspect, isDeepStrictEqual } from 'node:util';
import { restoreItem } from '@arena/payloads';
import { CopiedLease } from '@arena/shm-core/internal';
import { send } from '../send.js';
import type { Input } from './mutator.js';

const clean = new Set(['ERR_ARENA_CORRUPT', 'ERR_ARENA_INCOMPATIBLE']);

/** Much more processor time than an input of a few KiB needs, and much less than an endless loop takes. */
const muchMs = 2000;

export interface Verdict {
  /** The outcome of the input, without its numbers. Inputs that take the same path have the same outcome. */
  readonly outcome: string;
  /** The fault of the outcome; undefined when there is none. */
  readonly fault: string | undefined;
}

export function judge({ envelope, unit }: Input): Verdict {
  const before = process.cpuUsage();
  const verdict = judgeOutcome(new CopiedLease(unit.slice(), envelope.slice()));
  const { user, system } = process.cpuUsage(before);
  const tookMs = (user + system) / 1000;
  return tookMs < muchMs ? verdict : { ...verdict, fault: `took ${tookMs.toFixed(0)} ms` };
}

function judgeOutcome(lease: CopiedLease): Verdict {
  let item: unknown;
  try {
    item = restoreItem(lease);
  } catch (error) {
    const { code = '', message } = error as Error & { code?: string };
    // Without what it quotes of the input: names, numbers, the text of a regular expression.
    const outcome = `${code} ${message.replace(/".*"|\d+|\/.*$|flags.*$/gs, '#').slice(0, 120)}`;
    if (!clean.has(code)) return { outcome, fault: String(error) };
    return { outcome, fault: lease.active ? 'the lease of a refused item is kept' : undefined };
  }
  return { outcome: `an item of ${kindsIn(item)}`, fault: faultOf(item) };
}

/** A restored item can be sent again. */
function faultOf(item: unknown): string | undefined {
  const again = send(item, { copyThreshold: 16 });
  if (isDeepStrictEqual(again, item)) return undefined;
  // Node 20 holds no invalid date equal to another.
  const text = (it: unknown) => inspect(it, { depth: null, maxArrayLength: null, sorted: false });
  return text(again) === text(item) ? undefined : `comes back as ${text(again).slice(0, 500)}`;
}

/** The types of an item's first values. */
function kindsIn(item: unknown): string {
  const kinds = new Set<string>();
  const pending: unknown[] = [item];
  for (let seen = 0; seen < 4 && pending.length > 0; seen++) {
    const value = pending.pop();
    const isObject = typeof value === 'object' && value !== null;
    // Not by its constructor, which may be a property of the input.
    kinds.add(isObject ? Object.prototype.toString.call(value) : typeof value);
    if (isObject && !ArrayBuffer.isView(value)) pending.push(...Object.values(value).slice(0, 10));
    if (value instanceof Map) pending.push(...[...value].flat().slice(0, 10));
    if (value instanceof Set) pending.push(...[...value].slice(0, 10));
  }
  return [...kinds].sort().join(', ');
}

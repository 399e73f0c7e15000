/** The limit with which every row of the transport benchmark is compared. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { messageOf } from '@arena/shm-core/internal';
import { copyLimitPath } from './native.js';

/** Speed at which two native processes move payloads of one size here, with copies alone. */
export interface CopyLimit {
  /** One copy into shared memory. */
  readonly copyInMbPerSecond: number;
  readonly copyInMethod: string;
  /** One copy in and one out again. */
  readonly copyInOutMbPerSecond: number;
  readonly copyInOutMethod: string;
}

/** The copies that measure the limit; these are the flags of arena-copy-limit. */
export interface CopyLimitConfig {
  /** Bytes of one payload. */
  readonly bytes: number;
  /** Payloads of one pass. */
  readonly items: number;
  /** Payloads that can be under way at once. */
  readonly segments: number;
  readonly runs: number;
}

interface Measurement {
  readonly mbPerSecond: number;
  readonly method: string;
}

const execute = promisify(execFile);

/** A message as one sentence, whether it ends with a full stop or not. */
const sentence = (message: string) => `${message.trim().replace(/\.+$/, '')}.`;

async function measure(mode: 'in' | 'in-out', config: CopyLimitConfig): Promise<Measurement> {
  const { bytes, items, segments, runs } = config;
  const flags = Object.entries({ bytes, items, segments, runs });
  const args = flags.flatMap(([name, value]) => [`--${name}`, String(value)]);
  const program = copyLimitPath();
  try {
    const { stdout } = await execute(program, ['--mode', mode, ...args]);
    return JSON.parse(stdout) as Measurement;
  } catch (error) {
    throw new Error(
      `this machine's copy limit cannot be measured: ${sentence(messageOf(error))} Build the native code again with \`npm run build\`.`,
    );
  }
}

/** Measures both limits at one payload size. */
export async function measureCopyLimit(config: CopyLimitConfig): Promise<CopyLimit> {
  const copyIn = await measure('in', config);
  const copyInOut = await measure('in-out', config);
  return {
    copyInMbPerSecond: copyIn.mbPerSecond,
    copyInMethod: copyIn.method,
    copyInOutMbPerSecond: copyInOut.mbPerSecond,
    copyInOutMethod: copyInOut.method,
  };
}

/** The faster of two measurements, for each direction. */
export function betterLimit(one: CopyLimit, other: CopyLimit): CopyLimit {
  const into = one.copyInMbPerSecond >= other.copyInMbPerSecond ? one : other;
  const through = one.copyInOutMbPerSecond >= other.copyInOutMbPerSecond ? one : other;
  return {
    copyInMbPerSecond: into.copyInMbPerSecond,
    copyInMethod: into.copyInMethod,
    copyInOutMbPerSecond: through.copyInOutMbPerSecond,
    copyInOutMethod: through.copyInOutMethod,
  };
}

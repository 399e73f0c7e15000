import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { copyLimitBinary } from '@arena/shm-core';
import { bytesOfMiB, type Pacing, type Transport, unitsInFlight } from './cell.js';

/** How fast two native processes hand on payloads of one size here, with nothing but copies. */
export interface CopyLimit {
  /** One copy into shared memory. */
  readonly copyInMbPerSecond: number;
  readonly copyInMethod: string;
  /** One copy in and one out again. */
  readonly copyInOutMbPerSecond: number;
  readonly copyInOutMethod: string;
}

interface Measurement {
  readonly mbPerSecond: number;
  readonly method: string;
}

const execute = promisify(execFile);

async function measure(
  mode: 'in' | 'in-out',
  sizeMiB: number,
  pacing: Pacing,
): Promise<Measurement> {
  const options = {
    bytes: bytesOfMiB(sizeMiB),
    items: pacing.numItems,
    segments: unitsInFlight(pacing.bufferSize),
    runs: pacing.runs,
  };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  try {
    const { stdout } = await execute(copyLimitBinary(), ['--mode', mode, ...args]);
    return JSON.parse(stdout) as Measurement;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `this machine's copy limit cannot be measured: ${reason.trim()}. Build the native code again.`,
    );
  }
}

/** Measures both limits at a size, with as many units in flight as the arenas have. */
export async function measureCopyLimit(sizeMiB: number, pacing: Pacing): Promise<CopyLimit> {
  const copyIn = await measure('in', sizeMiB, pacing);
  const copyInOut = await measure('in-out', sizeMiB, pacing);
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

/** The limit that a transport is held against: a pool's reader takes no copy, the others' do. */
export const limitFor = (transport: Transport, limit: CopyLimit): number =>
  transport === 'pool' ? limit.copyInMbPerSecond : limit.copyInOutMbPerSecond;

import { readFileSync, statfsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { messageOf } from '@arena/shm-core/internal';

/** The result of one check of the machine. `remedy` is the advice when the result is not `ok`. */
export interface Finding {
  readonly name: string;
  /** `limited`: arena works, but a part of it does not work, or is slower. */
  readonly status: 'ok' | 'limited' | 'broken';
  readonly detail: string;
  readonly remedy?: string;
}

const ok = (name: string, detail: string): Finding => ({ name, status: 'ok', detail });

const mebibytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`;

/** True when version `have` is `want` or later; both are written like `20.19.0`. */
export function isAtLeast(have: string, want: string): boolean {
  const [left, right] = [have, want].map((version) => version.split('.').map(Number.parseFloat));
  const index = (right ?? []).findIndex((part, place) => part !== (left?.[place] ?? 0));
  return index === -1 || (left?.[index] ?? 0) > (right?.[index] ?? 0);
}

function checkNode(): Finding {
  const { node } = process.versions;
  if (isAtLeast(node, '20.19.0')) return ok('Node.js', node);
  return { name: 'Node.js', status: 'broken', detail: node, remedy: 'Install 20.19 or later.' };
}

/** Linux 5.14 brought MADV_POPULATE_WRITE, 5.3 brought pidfds. */
function checkKernel(): Finding {
  const name = 'kernel';
  if (process.platform !== 'linux') {
    return {
      name,
      status: 'limited',
      detail: `${process.platform} ${release()}`,
      remedy: 'Only Linux has anonymous arenas, and proof that a process died.',
    };
  }
  if (isAtLeast(release(), '5.14')) return ok(name, `Linux ${release()}`);
  return {
    name,
    status: 'limited',
    detail: `Linux ${release()}`,
    remedy: 'Linux 5.14 and later fill the pages of an arena faster.',
  };
}

function checkCores(): Finding {
  const cores = availableParallelism();
  const detail = `${cores} (${cpus()[0]?.model.trim() ?? 'unknown CPU'})`;
  if (cores > 1) return ok('cores', detail);
  const remedy = 'With one core the producer and the consumer take turns.';
  return { name: 'cores', status: 'limited', detail, remedy };
}

/** Writes to a small arena and reads from it, which tests the addon and the memory. */
async function checkArena(): Promise<Finding> {
  const name = 'native addon and memfd';
  try {
    const { SegmentPool } = await import('@arena/transport-pool');
    using pool = SegmentPool.create({ segmentSize: 4096, segmentCount: 2 });
    const reader = pool.reader();
    pool.writer().writeSync(Uint8Array.of(42));
    using lease = reader.readSync({ timeoutMs: 1000 });
    if (lease?.bytes[0] !== 42) throw new Error('a byte was written and another one read');
    return ok(name, 'a pool was created, written and read');
  } catch (error) {
    const remedy = 'Install the binaries for this machine, or build them: npx arena-build';
    return { name, status: 'broken', detail: messageOf(error), remedy };
  }
}

/** Checks whether the benchmarks are installed, without loading them. */
function checkBenchmarks(): Finding {
  const name = 'benchmarks';
  try {
    return ok(name, createRequire(import.meta.url).resolve('@arena/benchmarks'));
  } catch {
    return {
      name,
      status: 'limited',
      detail: 'not installed',
      remedy: 'Only "arena bench" and "arena plot" need them: npm install @arena/benchmarks',
    };
  }
}

function checkMemory(): Finding {
  const limit = process.constrainedMemory?.() ?? 0;
  const bounded = limit > 0 && limit < totalmem();
  const detail = bounded ? `${mebibytes(limit)} (limit of the container)` : mebibytes(totalmem());
  return ok('memory', detail);
}

/** Only named arenas need /dev/shm. Anonymous arenas work however small it is. */
export function findingOfSharedMemory(totalBytes: number, freeBytes: number): Finding {
  const name = '/dev/shm';
  const detail = `${mebibytes(freeBytes)} of ${mebibytes(totalBytes)} free`;
  if (freeBytes >= 256 * 2 ** 20) return ok(name, detail);
  const remedy =
    'Named arenas must fit into it. Mount it larger (docker run --shm-size=2g), or create arenas without a name.';
  return { name, status: 'limited', detail, remedy };
}

function checkSharedMemory(): Finding {
  try {
    const { bsize, blocks, bavail } = statfsSync('/dev/shm');
    return findingOfSharedMemory(bsize * blocks, bsize * bavail);
  } catch (error) {
    const remedy = 'Named arenas need it. Mount a tmpfs there.';
    return { name: '/dev/shm', status: 'limited', detail: messageOf(error), remedy };
  }
}

/** @param setting The text of `shmem_enabled`, such as `always within_size [advise] never deny force`. */
export function findingOfHugePages(setting: string): Finding {
  const name = 'huge pages';
  const chosen = /\[(\w+)\]/.exec(setting)?.[1] ?? 'unknown';
  if (['always', 'within_size', 'advise', 'force'].includes(chosen)) return ok(name, chosen);
  const remedy = 'As root: echo advise > /sys/kernel/mm/transparent_hugepage/shmem_enabled';
  return { name, status: 'limited', detail: `${chosen} for shared memory`, remedy };
}

function checkHugePages(): Finding {
  try {
    return findingOfHugePages(
      readFileSync('/sys/kernel/mm/transparent_hugepage/shmem_enabled', 'utf8'),
    );
  } catch {
    return findingOfHugePages('[unsupported]');
  }
}

async function checkLibav(): Promise<Finding> {
  const name = 'libav';
  try {
    const { libavVersions } = await import('@arena/video');
    const versions = Object.entries(libavVersions()).map((version) => version.join(' '));
    return ok(name, versions.join(', '));
  } catch (error) {
    return { name, status: 'limited', detail: messageOf(error), remedy: 'Only video needs it.' };
  }
}

/** Checks everything that arena needs of a machine. Changes nothing. */
export async function examine(): Promise<Finding[]> {
  return [
    checkNode(),
    checkKernel(),
    await checkArena(),
    checkBenchmarks(),
    checkCores(),
    checkMemory(),
    checkSharedMemory(),
    checkHugePages(),
    await checkLibav(),
  ];
}

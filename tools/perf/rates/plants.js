/** Changes whose effect is known: each slows one thing down, or nothing at all. */

/**
 * @typedef {object} Plant
 * @property {string} title
 * @property {string} file
 * @property {string} from A text that is there once.
 * @property {string} to
 * @property {string} only The measurement that must notice, as `--only` names it.
 * @property {string | undefined} cause The package to name; undefined for a neutral change.
 * @property {boolean} counts Whether counts show it. Then no times are taken.
 */

const WRITER = 'packages/shm-core/src/writer.ts';
const PUT = 'const status = this.native.tryWrite(bytes, envelope, queueLimit);';

/** @type {Plant[]} */
export const PLANTS = [
  {
    title: "a needless copy in the pool's write",
    file: 'packages/transport-pool/src/pool-writer.ts',
    from: '  protected override queuedBytes(',
    to: `  override tryWrite(bytes: Uint8Array, options?: UnitOptions & CopyOptions): boolean {
    return super.tryWrite(bytes.slice(), options);
  }

  protected override queuedBytes(`,
    only: '@arena/transport-pool: write 64 KiB',
    cause: '@arena/transport-pool',
    counts: true,
  },
  {
    title: 'a wake-up for every unit',
    file: 'packages/shm-core/native/core/interprocess_condition.cpp',
    from: '  if ((event & kParked) == 0) return;',
    to: `  if ((event & kParked) == 0) {
    futex_wake(state_.event, 1);
    return;
  }`,
    only: '@arena/shm-core: native queue, 100 B',
    cause: '@arena/shm-core',
    counts: true,
  },
  {
    title: 'an extra allocation a lease',
    file: 'packages/shm-core/src/lease.ts',
    from: 'this.bytes = new Uint8Array(buffer);',
    to: 'this.bytes = new Uint8Array([buffer][0] as ArrayBuffer);',
    only: '@arena/transport-pool: acquire, commit, lease 64 KiB',
    cause: '@arena/shm-core',
    counts: true,
  },
  {
    title: 'a sleep of 1 ms in the start of a pass',
    file: 'packages/pipeline/src/producer/pass-runner.ts',
    from: '    this.#outbox.begin(epoch);',
    to: `    await new Promise((resolve) => setTimeout(resolve, 1));
    this.#outbox.begin(epoch);`,
    only: '@arena/pipeline: start a pass',
    cause: '@arena/pipeline',
    counts: false,
  },
  {
    title: 'another name of a variable',
    file: WRITER,
    from: `${PUT}\n    if (status === Status.ok) return true;\n    this.#check(status,`,
    to: `${PUT.replace('status', 'outcome')}\n    if (outcome === Status.ok) return true;\n    this.#check(outcome,`,
    only: '@arena/transport-pool: write 64 KiB',
    cause: undefined,
    counts: false,
  },
  {
    title: 'a comment',
    file: WRITER,
    from: `    ${PUT}`,
    to: `    // The core copies the bytes.\n    ${PUT}`,
    only: '@arena/transport-pool: write 64 KiB',
    cause: undefined,
    counts: false,
  },
  {
    title: 'another order of two statements',
    file: WRITER,
    from: `    const options = this.#options.tryWrite.check(given);\n    checkBytes('bytes', bytes);\n`,
    to: `    checkBytes('bytes', bytes);\n    const options = this.#options.tryWrite.check(given);\n`,
    only: '@arena/transport-pool: write 64 KiB',
    cause: undefined,
    counts: false,
  },
];

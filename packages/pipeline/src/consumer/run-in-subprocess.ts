import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type PackedItem, packItem } from '@arena/payloads';
import { type Arena, ArenaError } from '@arena/shm-core';
import {
  checkSignal,
  checkString,
  checkThreshold,
  describe,
  integer,
  invalidType,
  Options,
} from '@arena/shm-core/internal';
import { SubprocessPipeline } from './subprocess-pipeline.js';

export interface RunInSubprocessOptions {
  /** Passed to the module's default export. It may be any value that an item may be. */
  readonly args?: unknown;
  /**
   * A SegmentPool or RingBuffer for the items. Close it yourself, after the pipeline. Without an arena
   * items are serialized and copied through a socket.
   */
  readonly arena?: Arena | undefined;
  /**
   * Without an arena: how many items may be sent and not yet taken (default 3). With an arena its space
   * is the limit; give the pipeline a sink to have more items ready.
   */
  readonly bufferSize?: number | undefined;
  /**
   * Binaries of up to this many bytes take no space in the arena's segments. With `Infinity`, no binary does.
   */
  readonly copyThreshold?: number | undefined;
  /** Closes the pipeline when it aborts. A running loop fails with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Options of Node for the process (default: those of this process). */
  readonly execArgv?: readonly string[] | undefined;
  /** The process's environment (default: that of this process). */
  readonly env?: NodeJS.ProcessEnv | undefined;
}

const defaultBufferSize = 3;

/**
 * Forks a process that builds the pipeline which `moduleUrl` exports, and returns its items.
 *
 * The module's default export is a function of `args`. It is called once and returns a `Pipeline`, an
 * iterable or an async iterable, or a promise of one of these. A default export that is a generator
 * function is called anew for every pass.
 *
 * An error in the pipeline arrives after the items before it, with its name, message, code, stack and
 * cause. The pipeline can be iterated again then. When the process ends by itself, the loop fails with
 * `ERR_ARENA_PEER_LOST` after the last item that it committed. The process ends with this one.
 *
 * @param moduleUrl A URL, or a path, relative to the working directory.
 * @throws {TypeError | RangeError} `ERR_ARENA_INVALID_ARGUMENT`.
 * @throws {ArenaError} `ERR_ARENA_UNSENDABLE` names the path of a value in `args` that cannot be sent;
 *   `ERR_ARENA_IN_USE` where another pipeline receives through `arena`; `ERR_ARENA_UNSUPPORTED` on Bun.
 */
export function runInSubprocess<T = unknown>(
  moduleUrl: string | URL,
  options?: RunInSubprocessOptions,
): SubprocessPipeline<T> {
  const given = runOptions.check(options);
  refuseBun();
  const { arena, bufferSize = defaultBufferSize, copyThreshold, signal, execArgv, env } = given;
  signal?.throwIfAborted();
  const args = packArgs(given.args);
  const setup = { moduleUrl: resolveModule(moduleUrl), args, bufferSize, copyThreshold };
  return new SubprocessPipeline<T>(setup, arena, signal, { execArgv, env });
}

const runOptions = new Options<RunInSubprocessOptions>({
  args: (_name, value) => value,
  arena: checkArena,
  bufferSize: integer(1),
  copyThreshold: checkThreshold,
  signal: checkSignal,
  execArgv: checkTexts,
  env: checkEnvironment,
});

function packArgs(args: unknown): PackedItem {
  try {
    return packItem(args, { always: true });
  } catch (error) {
    if (!(error instanceof ArenaError) || error.code !== 'ERR_ARENA_UNSENDABLE') throw error;
    // The packed item is called args here.
    const called = (text: unknown) => String(text).replace(/^item/, 'args');
    const path = called(error.details.path);
    throw new ArenaError(error.code, called(error.message), { path });
  }
}

function checkTexts(name: string, value: unknown): void {
  if (!Array.isArray(value)) throw invalidType(`${name} must be an array, got ${describe(value)}.`);
  for (const [index, text] of value.entries()) checkString(`${name}[${index}]`, text);
}

function checkEnvironment(name: string, value: unknown): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidType(`${name} must be an object of texts, got ${describe(value)}.`);
  }
}

function resolveModule(moduleUrl: unknown): string {
  if (moduleUrl instanceof URL) return moduleUrl.href;
  if (typeof moduleUrl !== 'string') {
    throw invalidType(`moduleUrl must be a URL or a path, got ${describe(moduleUrl)}.`);
  }
  const isUrl = /^(file|data|node):/.test(moduleUrl);
  return isUrl ? moduleUrl : pathToFileURL(resolve(moduleUrl)).href;
}

function checkArena(name: string, value: unknown): void {
  const { kind, handle } = (value ?? {}) as Partial<Arena>;
  const isArena = typeof handle === 'string' && (kind === 'pool' || kind === 'ring');
  if (!isArena) {
    throw invalidType(`${name} must be a SegmentPool or a RingBuffer, got ${describe(value)}.`);
  }
}

/** Bun gives a forked process no pipes beside its IPC channel that both sides can use. */
function refuseBun(): void {
  const { bun } = process.versions;
  if (bun === undefined) return;
  throw new ArenaError(
    'ERR_ARENA_UNSUPPORTED',
    `pipelines do not run in a subprocess on Bun ${bun}. Run this program with Node.js or Deno, or iterate over the pipeline in this process.`,
  );
}

import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Arena, invalidRange, invalidType } from '@arena/shm-core';
import { checkCount } from './builder.js';
import { SubprocessPipeline } from './subprocess-pipeline.js';

export interface RunInSubprocessOptions {
  /** Handed to the module's default export; anything that structured clone takes. */
  readonly args?: unknown;
  /**
   * A SegmentPool or RingBuffer for the payloads. It stays the caller's: close it after the
   * pipeline. Absent, items are serialized and copied through a socket.
   */
  readonly arena?: Arena | undefined;
  /**
   * Without an arena: how many items may be sent and not yet taken (default 3). With one, its own
   * space is the bound; to prefetch inside the worker give the pipeline a sink.
   */
  readonly bufferSize?: number | undefined;
  /** Binaries of up to this many bytes travel inline, beside the item's other values; `Infinity`: all. */
  readonly copyThreshold?: number | undefined;
  /** Closes the pipeline when it aborts; a loop that is going on fails with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** Options of the worker's Node (default: those of this process). */
  readonly execArgv?: readonly string[] | undefined;
  /** The worker's environment (default: that of this process). */
  readonly env?: NodeJS.ProcessEnv | undefined;
}

const defaultBufferSize = 3;

/**
 * Forks a process that builds the pipeline which `moduleUrl` exports, and returns its items.
 *
 * The module's default export is a function of `args` that returns a `Pipeline`, an iterable or an
 * async iterable, or a promise of one; it is called once. A default export that is itself a
 * generator function is called anew for every pass.
 *
 * An error in the pipeline arrives with its name, message, code, stack and cause after the items
 * before it, and the pipeline can be iterated again. Where the process ends by itself the loop fails
 * with `ERR_ARENA_PEER_LOST` after the last item that it committed. The process ends with this one.
 *
 * @param moduleUrl A URL, or a path, relative to the working directory.
 * @throws {TypeError} `ERR_ARENA_INVALID_ARGUMENT`; `DataCloneError` where `args` cannot be cloned.
 * @throws {PipelineError} `ERR_ARENA_IN_USE` where another pipeline receives through `arena`.
 */
export function runInSubprocess<T = unknown>(
  moduleUrl: string | URL,
  options: RunInSubprocessOptions = {},
): SubprocessPipeline<T> {
  const { args, arena, bufferSize = defaultBufferSize, copyThreshold, signal } = options;
  checkCount('bufferSize', bufferSize, 1);
  if (copyThreshold !== undefined) checkThreshold(copyThreshold);
  if (arena !== undefined) checkArena(arena);
  signal?.throwIfAborted();
  const setup = { moduleUrl: resolveModule(moduleUrl), args, bufferSize, copyThreshold };
  return new SubprocessPipeline<T>(setup, arena, signal, {
    execArgv: options.execArgv,
    env: options.env,
  });
}

function checkThreshold(copyThreshold: number): void {
  if (typeof copyThreshold !== 'number') {
    throw invalidType(`copyThreshold must be a number, not ${typeof copyThreshold}.`);
  }
  if (!(copyThreshold >= 0)) {
    throw invalidRange(`copyThreshold must be 0 bytes or more, not ${copyThreshold}.`);
  }
}

function resolveModule(moduleUrl: unknown): string {
  if (moduleUrl instanceof URL) return moduleUrl.href;
  if (typeof moduleUrl !== 'string') {
    throw invalidType(
      `moduleUrl must be a URL or a path, not ${moduleUrl === null ? 'null' : typeof moduleUrl}.`,
    );
  }
  const isUrl = /^(file|data|node):/.test(moduleUrl);
  return isUrl ? moduleUrl : pathToFileURL(resolve(moduleUrl)).href;
}

function checkArena(arena: Arena): void {
  const isArena =
    typeof arena === 'object' &&
    arena !== null &&
    typeof arena.handle === 'string' &&
    (arena.kind === 'pool' || arena.kind === 'ring');
  if (!isArena) throw invalidType('arena must be a SegmentPool or a RingBuffer.');
}

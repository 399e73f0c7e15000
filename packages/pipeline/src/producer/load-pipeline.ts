import { types } from 'node:util';
import { type PackedItem, unpackItem } from '@arena/payloads';
import { ArenaError } from '@arena/shm-core';
import { describe, messageOf } from '@arena/shm-core/internal';
import { PipelineBuilder } from '../stages/builder.js';
import { Pipeline } from '../stages/pipeline.js';
import { isIterable, type Source } from '../stages/source.js';

type Export = (args: unknown) => unknown;

/**
 * Imports a module and builds the pipeline that it exports.
 *
 * @param packedArgs Unpacked once the module is there: it may register the codecs for them.
 * @throws {ArenaError} `ERR_ARENA_MODULE`: the module cannot be imported, its default export is no
 *   function, or the function returns nothing that can be iterated. An error that the function throws
 *   comes as it is.
 */
export async function loadPipeline(
  moduleUrl: string,
  packedArgs: PackedItem,
): Promise<Pipeline<unknown>> {
  const make = await importDefault(moduleUrl);
  const args = unpackItem(packedArgs);
  if (types.isGeneratorFunction(make)) {
    return fromSource(() => make(args) as unknown as Iterable<unknown>);
  }
  const made = await make(args);
  if (made instanceof Pipeline) return made;
  if (isIterable(made)) return fromSource(made);
  throw new ArenaError(
    'ERR_ARENA_MODULE',
    `the default export of ${moduleUrl} returned ${describe(made)}. Return a Pipeline, an iterable or an async iterable.`,
  );
}

const fromSource = (source: Source<unknown>) => new PipelineBuilder().addSource(source).build();

async function importDefault(moduleUrl: string): Promise<Export> {
  const { default: make } = await importModule(moduleUrl);
  if (typeof make === 'function') return make as Export;
  throw new ArenaError(
    'ERR_ARENA_MODULE',
    `${moduleUrl} has ${make === undefined ? 'no default export' : `a default export that is ${describe(make)}`}. Export a function by default that takes args and returns a pipeline.`,
  );
}

async function importModule(moduleUrl: string): Promise<{ default?: unknown }> {
  try {
    return await import(moduleUrl);
  } catch (cause) {
    const error = new ArenaError(
      'ERR_ARENA_MODULE',
      `pipeline module ${moduleUrl} cannot be loaded: ${messageOf(cause)}`,
    );
    error.cause = cause;
    throw error;
  }
}

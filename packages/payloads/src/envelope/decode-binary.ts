/** The part of the decoder that restores binaries. */

import { ArenaError } from '@arena/shm-core';
import { binaryKinds } from '../binaries/kinds.js';
import type { BinaryKind } from '../binaries/typed-arrays.js';
import type { EnvelopeDecoder } from './decoder.js';
import { corrupt, payloadAlignment } from './format.js';

/** A binary inside the body: a view of private memory, aligned for its elements. */
export function decodeInline(decoder: EnvelopeDecoder): unknown {
  const kind = kindIn(decoder);
  const byteLength = decoder.in.varint();
  const at = decoder.in.aligned(kind.elementSize, byteLength);
  return decoder.numbered(restore(kind, decoder.ownBody(), at, byteLength));
}

/** A binary in the unit, as a view of it. */
export function decodeOffloaded(decoder: EnvelopeDecoder): unknown {
  const kind = kindIn(decoder);
  const byteLength = decoder.in.varint();
  const at = decoder.unit.take(byteLength, payloadAlignment, 0);
  if (kind.view) decoder.noteView();
  return decoder.numbered(restore(kind, decoder.unit.bytes, at, byteLength));
}

function kindIn(decoder: EnvelopeDecoder): BinaryKind {
  const code = decoder.in.varint();
  const kind = binaryKinds[code];
  if (kind === undefined) throw corrupt(`it holds a binary of the unknown kind ${code}`);
  if (kind.prototype === undefined) throw missingType(kind.name);
  return kind;
}

/** Makes a binary over `memory`, or over a copy where its kind or its alignment needs one. */
function restore(kind: BinaryKind, memory: Uint8Array, at: number, byteLength: number): object {
  const { view, elementSize } = kind;
  const from = memory.byteOffset + at;
  if (view === undefined) return memory.buffer.slice(from, from + byteLength);
  if (byteLength % elementSize !== 0) {
    throw corrupt(`it holds a ${kind.name} of ${byteLength} bytes`);
  }
  if (from % elementSize === 0) return view(memory.buffer, from, byteLength);
  return view(memory.buffer.slice(from, from + byteLength), 0, byteLength);
}

function missingType(name: string): ArenaError {
  return new ArenaError(
    'ERR_ARENA_INCOMPATIBLE',
    `the item holds a ${name}, which Node.js ${process.versions.node} does not have. Read it with the version that wrote it`,
    { type: name },
  );
}

/** The part of the decoder that restores values of codecs. */
import { ArenaError, type Lease } from '@arena/shm-core';
import { isAlignment } from '../binaries/payload.js';
import { codecNamed } from '../codecs/registry.js';
import type { EnvelopeDecoder } from './decoder.js';
import { corrupt } from './format.js';

export function decodeCoded(decoder: EnvelopeDecoder): unknown {
  const name = decoder.in.text();
  const codec = codecNamed(name);
  if (codec === undefined) throw unknownCodec(name);
  const number = decoder.reserveNumber();
  const offloaded = decoder.in.byte() === 1;
  const payloads = payloadsIn(decoder, offloaded);
  decoder.enter();
  const meta = decoder.value();
  decoder.leave();
  const owner = offloaded ? (decoder.lease as Lease) : null;
  return decoder.finish(number, codec.decode(meta, payloads, owner));
}

function payloadsIn(decoder: EnvelopeDecoder, offloaded: boolean): Uint8Array[] {
  const count = decoder.in.count(2);
  const payloads: Uint8Array[] = [];
  for (let i = 0; i < count; i++) {
    payloads.push(offloaded ? offloadedPayload(decoder) : inlinePayload(decoder));
  }
  if (offloaded && count > 0) decoder.noteView();
  return payloads;
}

function offloadedPayload({ in: body, unit }: EnvelopeDecoder): Uint8Array {
  const byteLength = body.varint();
  const alignment = body.varint();
  const padding = body.varint();
  if (!isAlignment(alignment)) throw corrupt(`a payload asks for the alignment ${alignment}`);
  const at = unit.take(byteLength, alignment, padding);
  return new Uint8Array(unit.bytes.buffer, unit.bytes.byteOffset + at, byteLength);
}

function inlinePayload(decoder: EnvelopeDecoder): Uint8Array {
  const byteLength = decoder.in.varint();
  const padding = decoder.in.varint();
  const at = decoder.in.aligned(8, byteLength + padding);
  return decoder.ownBody().subarray(at, at + byteLength);
}

function unknownCodec(name: string): ArenaError {
  return new ArenaError(
    'ERR_ARENA_INCOMPATIBLE',
    `the item holds a value of the codec "${name}", which this process has not registered. Call registerCodec() before reading`,
    { codec: name },
  );
}

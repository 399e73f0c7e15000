/** The part of the encoder that writes values of codecs. */
import { type CheckedPayload, checkPayload, fill } from '../binaries/payload.js';
import type { Codec, EncodedValue } from '../codec.js';
import { lengthOf } from './encode-binary.js';
import type { EnvelopeEncoder } from './encoder.js';
import { valueType } from './format.js';
import { Unsendable } from './unsendable.js';

/** Writes the codec's name and the payloads. The caller writes the meta behind them. */
export function encodeCoded(encoder: EnvelopeEncoder, codec: Codec, value: object): EncodedValue {
  const encoded = describe(encoder, codec, value);
  const payloads = payloadsOf(encoder, codec, encoded);
  let byteLength = 0;
  for (const payload of payloads) byteLength += payload.byteLength + payload.padding;
  const offloaded = byteLength > encoder.copyThreshold;

  const { out } = encoder;
  out.byte(valueType.coded);
  out.text(codec.name);
  out.byte(offloaded ? 1 : 0);
  out.varint(payloads.length);
  for (const payload of payloads) {
    if (offloaded) placePayload(encoder, payload);
    else inlinePayload(encoder, payload);
  }
  return encoded;
}

function describe(encoder: EnvelopeEncoder, codec: Codec, value: object): EncodedValue {
  try {
    return codec.encode(value);
  } catch (error) {
    throw error instanceof Unsendable
      ? encoder.path.unsendable(error.what, error.remedy, error.cause)
      : error;
  }
}

function payloadsOf(
  encoder: EnvelopeEncoder,
  codec: Codec,
  { payloads = [] }: EncodedValue,
): CheckedPayload[] {
  return payloads.map((payload) => {
    const checked = checkPayload(codec, payload);
    // Throws for an array that was transferred away, because it would arrive as an empty array.
    if (ArrayBuffer.isView(checked.source)) lengthOf(encoder, checked.source);
    return checked;
  });
}

function placePayload({ out, unit }: EnvelopeEncoder, payload: CheckedPayload): void {
  const { source, byteLength, alignment, padding } = payload;
  out.varint(byteLength);
  out.varint(alignment);
  out.varint(padding);
  unit.place(source, byteLength, alignment, padding);
}

function inlinePayload({ out }: EnvelopeEncoder, payload: CheckedPayload): void {
  const { source, byteLength, padding } = payload;
  out.varint(byteLength);
  out.varint(padding);
  out.align(8);
  fill(source, out.room(byteLength));
  out.zeros(padding);
}

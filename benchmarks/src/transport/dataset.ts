import { wordAt } from '../kit/payload-words.js';
import type { Clip } from './clip.js';
import { type FilledKindName, filledKindOf } from './kinds.js';
import { demuxClip, verifyPackets } from './packets.js';

/** The description of a cell's data for both processes. */
export type DatasetSpec = DatasetPlan &
  (
    | { readonly kind: FilledKindName; readonly byteLength: number }
    | { readonly kind: 'packets'; readonly byteLength: number; readonly clip: Clip }
  );

type FilledSpec = Extract<DatasetSpec, { kind: FilledKindName }>;

interface DatasetPlan {
  /** Payloads that the items rotate through. */
  readonly distinct: number;
  readonly warmUpPass: number;
  readonly longPass: number;
  readonly shortPass: number;
}

export interface DatasetItem {
  readonly data: unknown;
}

/**
 * Items in the pass number `index`. After the pass that warms up, long and short ones alternate. Both
 * processes follow this plan, so that no message has to announce a pass.
 */
export const passLength = (index: number, spec: DatasetSpec): number => {
  if (index === 0) return spec.warmUpPass;
  return index % 2 === 1 ? spec.longPass : spec.shortPass;
};

/** A payload whose pages are all written. Pages that were never written copy several times too fast. */
function makePayload(spec: FilledSpec, variant: number): unknown {
  const memory = new ArrayBuffer(spec.byteLength);
  const view = new DataView(memory);
  for (let index = 0; index < spec.byteLength / 4; index += 1)
    view.setUint32(index * 4, wordAt(variant, index), true);
  return filledKindOf(spec.kind).wrap(memory);
}

const makePayloads = async (spec: DatasetSpec): Promise<unknown[]> =>
  spec.kind === 'packets'
    ? await demuxClip(spec.clip, spec.distinct)
    : Array.from({ length: spec.distinct }, (_, variant) => makePayload(spec, variant));

/** The producer's source: every iteration is one pass. */
export class Dataset implements Iterable<DatasetItem> {
  readonly #spec: DatasetSpec;
  readonly #payloads: readonly unknown[];
  #passes = 0;

  private constructor(spec: DatasetSpec, payloads: readonly unknown[]) {
    this.#spec = spec;
    this.#payloads = payloads;
  }

  /** Makes every payload, so that nothing is made while a pass runs. */
  static async create(spec: DatasetSpec): Promise<Dataset> {
    return new Dataset(spec, await makePayloads(spec));
  }

  *[Symbol.iterator](): Iterator<DatasetItem> {
    const length = passLength(this.#passes, this.#spec);
    this.#passes += 1;
    for (let index = 0; index < length; index += 1)
      yield { data: this.#payloads[index % this.#spec.distinct] };
  }
}

const checkedWords = 256;

/**
 * Checks that item `index` of a pass arrived as it was sent: kind, length, and words at places spread over
 * the payload.
 *
 * @throws {Error} The item differs. Then the transport has a fault, and its speed means nothing.
 */
export function verifyItem(item: DatasetItem, index: number, spec: DatasetSpec): void {
  if (spec.kind === 'packets') verifyPackets(item.data, index, spec.clip);
  else verifyFilled(item, index, spec);
}

function verifyFilled(item: DatasetItem, index: number, spec: FilledSpec): void {
  const bytes = filledKindOf(spec.kind).bytesOf(item.data);
  if (bytes?.byteLength !== spec.byteLength) {
    throw new Error(
      `item ${index} arrived with ${bytes?.byteLength ?? 'no'} bytes of ${spec.kind}, ${spec.byteLength} were sent`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const last = spec.byteLength / 4 - 1;
  for (let check = 0; check <= checkedWords; check += 1) {
    const word = Math.floor((last * check) / checkedWords);
    if (view.getUint32(word * 4, true) !== wordAt(index % spec.distinct, word)) {
      throw new Error(
        `item ${index} arrived with other bytes than were sent, at offset ${word * 4}`,
      );
    }
  }
}

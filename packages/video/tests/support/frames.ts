import { createHash } from 'node:crypto';
import { type DecodeOptions, decode, type FrameBatch, type PacketSource } from '@arena/video';

/** Every batch of a decoding. */
export async function batchesOf(
  packets: PacketSource,
  options: DecodeOptions,
): Promise<FrameBatch[]> {
  const batches: FrameBatch[] = [];
  for await (const batch of decode(packets, options)) batches.push(batch);
  return batches;
}

/** MD5 of every frame of a tensor. */
export function md5sOf({
  data,
  shape,
}: {
  readonly data: Uint8Array;
  readonly shape: readonly number[];
}): string[] {
  const frames = shape[0] ?? 0;
  const length = data.byteLength / frames;
  return Array.from({ length: frames }, (_, i) =>
    createHash('md5')
      .update(data.subarray(i * length, (i + 1) * length))
      .digest('hex'),
  );
}

export const md5sOfAll = async (packets: PacketSource, options: DecodeOptions): Promise<string[]> =>
  (await batchesOf(packets, options)).flatMap(md5sOf);

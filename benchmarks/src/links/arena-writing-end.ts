import type { Writer } from '@arena/shm-core';
import type { CopyOptions, PoolWriter } from '@arena/transport-pool';
import { batchOf, type LinkArena } from './arena-link.js';
import type { LinkSpec, WritingEnd } from './link.js';

/** Writes units: into a ring, or through the queue or the segments of a pool, as `options` say. */
class CopyingIn implements WritingEnd {
  constructor(
    private readonly writer: PoolWriter,
    private readonly options?: CopyOptions,
  ) {}

  sendOne(bytes: Uint8Array): Promise<void> | undefined {
    const { writer, options } = this;
    return writer.tryWrite(bytes, options) ? undefined : writer.write(bytes, options);
  }

  async send(payloads: readonly Uint8Array[], count: number): Promise<void> {
    const length = batchOf(payloads[0]?.byteLength ?? 1);
    if (length === 1) return this.#sendSingly(payloads, count);
    // Every batch begins with the first payload, so that the payloads rotate as in `#sendSingly`.
    const rounds = Math.ceil(length / payloads.length);
    const batch = Array.from({ length: rounds }, () => payloads).flat();
    let left = count;
    for (; left > batch.length; left -= batch.length)
      await this.writer.writeMany(batch, this.options);
    await this.writer.writeMany(batch.slice(0, left), this.options);
  }

  close(): void {
    this.writer.close();
  }

  async #sendSingly(payloads: readonly Uint8Array[], count: number): Promise<void> {
    for (let index = 0; index < count; index++) {
      const waiting = this.sendOne(payloads[index % payloads.length] as Uint8Array);
      if (waiting) await waiting;
    }
  }
}

/** Fills units in place: nothing is copied. */
class FillingInPlace implements WritingEnd {
  constructor(private readonly writer: Writer) {}

  sendOne(bytes: Uint8Array): Promise<void> | undefined {
    const unit = this.writer.tryAcquire(bytes.byteLength);
    if (!unit) return this.#sendLater(bytes.byteLength);
    unit.commit();
    return undefined;
  }

  async send(payloads: readonly Uint8Array[], count: number, fill: boolean): Promise<void> {
    const byteLength = payloads[0]?.byteLength ?? 0;
    for (let index = 0; index < count; index++) {
      const unit = this.writer.tryAcquire(byteLength) ?? (await this.writer.acquire(byteLength));
      if (fill) unit.bytes.set(payloads[index % payloads.length] as Uint8Array);
      unit.commit();
    }
  }

  close(): void {
    this.writer.close();
  }

  async #sendLater(byteLength: number): Promise<void> {
    const unit = await this.writer.acquire(byteLength);
    unit.commit();
  }
}

export function arenaWritingEnd(
  arena: LinkArena,
  { transport, copy, spinMicroseconds }: Omit<LinkSpec, 'address'>,
): WritingEnd {
  const writer = arena.writer({ spinMicroseconds });
  if (transport.endsWith('in-place')) return new FillingInPlace(writer);
  // A ring copies everything, so that its calls have no such option.
  return arena.kind === 'pool' ? new CopyingIn(writer, { copy }) : new CopyingIn(writer);
}

/** Items into an arena: one unit each. A unit without bytes ends a pass. */
import { ItemWriter } from '@arena/payloads';
import type { Arena, Writer } from '@arena/shm-core';
import { endTag, itemTag } from '../protocol/messages.js';
import type { Outbox, TellEnd } from './outbox.js';

export class ArenaOutbox implements Outbox {
  readonly #arena: Arena;
  readonly #writer: Writer;
  readonly #items: ItemWriter;
  readonly #tellEnd: TellEnd;
  #sent = 0;
  #flushing = false;

  /** @param tellEnd Reports the end of a pass when the arena has no room for it. */
  constructor(arena: Arena, copyThreshold: number | undefined, tellEnd: TellEnd) {
    this.#arena = arena;
    this.#writer = arena.writer();
    this.#items = new ItemWriter(this.#writer, { copyThreshold });
    this.#tellEnd = tellEnd;
  }

  get sent(): number {
    return this.#sent;
  }

  begin(): void {
    this.#sent = 0;
  }

  async send(item: unknown, epoch: number, signal: AbortSignal): Promise<void> {
    await this.#items.write(item, { tag: itemTag(epoch), signal });
    this.#sent++;
    this.#flushAfterTurn();
  }

  end(epoch: number): void {
    // This is intentional: the end of a pass never waits for space. A consumer may hold all segments of a
    // small pool and wait for the end of the pass. If that end waited for a segment, both would wait for
    // ever.
    const written = this.#items.tryWrite(null, { tag: endTag(epoch) });
    if (!written) this.#tellEnd(epoch, this.#sent);
    this.#writer.flush();
  }

  taken(): void {}

  /** Items share a wake-up of their consumer only when they follow each other without a pause. */
  #flushAfterTurn(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    setImmediate(() => {
      this.#flushing = false;
      if (!this.#writer.closed) this.#writer.flush();
    });
  }

  close(): void {
    this.#writer.close();
    this.#arena.close();
  }
}

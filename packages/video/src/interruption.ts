import { type NativeInterrupt, native } from './native.js';

/** Fires a native interrupt when the signal aborts, until this object is disposed of. */
export class Interruption implements Disposable {
  readonly interrupt: NativeInterrupt;
  readonly #signal: AbortSignal | undefined;
  readonly #fire = () => this.interrupt.fire();

  constructor(signal: AbortSignal | undefined) {
    signal?.throwIfAborted();
    this.interrupt = new (native().Interrupt)();
    this.#signal = signal;
    signal?.addEventListener('abort', this.#fire, { once: true });
  }

  [Symbol.dispose](): void {
    this.#signal?.removeEventListener('abort', this.#fire);
  }
}

/** One turn of the event loop. */
export const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Collects garbage until `done`, which the test's deadline bounds. */
export async function collectUntil(done: () => boolean): Promise<void> {
  while (!done()) {
    (globalThis as { gc?: () => void }).gc?.();
    await turn();
  }
}

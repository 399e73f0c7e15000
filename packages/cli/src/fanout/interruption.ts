const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs `work`, which has to clean up when its signal aborts. If one of the signals that end a program came
 * meanwhile, this process then ends by it, as its caller expects.
 */
export async function interruptibly<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  let received: NodeJS.Signals | undefined;
  const onSignal = (signal: NodeJS.Signals) => {
    received ??= signal;
    abort.abort(new Error(`interrupted by ${signal}`));
  };
  for (const signal of signals) process.on(signal, onSignal);
  try {
    return await work(abort.signal);
  } finally {
    for (const signal of signals) process.off(signal, onSignal);
    if (received) {
      process.kill(process.pid, received);
      // The signal is delivered by the event loop's next turn; until then nothing else is to happen.
      await new Promise(() => {});
    }
  }
}

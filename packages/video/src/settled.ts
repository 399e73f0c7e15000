/** Awaits a native call; throws the signal's reason once that is aborted. */
export async function settled<T>(call: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    throw error;
  }
}

/** Awaits a native call. Throws the signal's reason when the signal has aborted. */
export async function settled<T>(call: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    throw error;
  }
}

/** `performance.now()` starts with each process; the system's monotonic clock is the same for all. */
const offset = Number(process.hrtime.bigint()) / 1e6 - performance.now();

/** Milliseconds on a clock that every process of this machine reads alike. */
export const sharedNow = (): number => offset + performance.now();

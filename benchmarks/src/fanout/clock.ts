/** `performance.now()` starts at 0 in each process. The system's monotonic clock is the same for all. */
const offset = Number(process.hrtime.bigint()) / 1e6 - performance.now();

/** Milliseconds on a clock that is the same in every process of this machine. */
export const sharedNow = (): number => offset + performance.now();

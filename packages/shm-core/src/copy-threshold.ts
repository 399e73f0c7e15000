/**
 * Up to this many bytes copying a payload through the queue costs less than leasing it: the default
 * of every writer. Measured by `arena bench crossover`; see benchmarks/results.
 */
export const defaultCopyThreshold = 16384;

/**
 * Up to this many bytes copying a payload through the queue costs less than leasing it: the default
 * of every writer, and of every item's binaries. From `arena bench crossover`: leasing is faster from
 * 36 kB on (95 %: 30 to 47 kB), benchmarks/results/2026-11-20-amd-epyc-2-cores-crossover.md.
 */
export const defaultCopyThreshold = 32768;

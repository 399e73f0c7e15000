/**
 * Up to this many bytes, copying a payload through the queue costs less than leasing a segment. The
 * default of every writer, and of every binary in an item. `arena bench crossover` measured that leasing
 * is faster from 20 kB on (95 %: 15 to 27 kB): benchmarks/results/2026-11-20-amd-epyc-2-cores-crossover.md.
 */
export const defaultCopyThreshold = 16384;

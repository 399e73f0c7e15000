/** The commands that need the package @arena/benchmarks. */
import type { Command } from '@oclif/core';
import BenchCrossover from './commands/bench/crossover.js';
import BenchFanout from './commands/bench/fanout.js';
import BenchLatency from './commands/bench/latency.js';
import BenchTransport from './commands/bench/transport.js';
import Plot from './commands/plot.js';

export const commands: Record<string, Command.Class> = {
  'bench:crossover': BenchCrossover,
  'bench:fanout': BenchFanout,
  'bench:latency': BenchLatency,
  'bench:transport': BenchTransport,
  plot: Plot,
};

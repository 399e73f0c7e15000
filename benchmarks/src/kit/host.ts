import { availableParallelism, cpus, release, totalmem } from 'node:os';

/** The machine that a result was measured on. */
export interface Host {
  readonly cpu: string;
  readonly cores: number;
  readonly node: string;
  readonly kernel: string;
  readonly memoryMiB: number;
}

export const thisHost = (): Host => ({
  cpu: cpus()[0]?.model.trim() ?? 'unknown CPU',
  cores: availableParallelism(),
  node: process.versions.node,
  kernel: `${process.platform === 'linux' ? 'Linux' : process.platform} ${release()}`,
  memoryMiB: Math.round(totalmem() / 2 ** 20),
});

/** The host in one line, for a table's foot or a plot's subtitle. */
export const describeHost = ({ cpu, cores, node, kernel, memoryMiB }: Host): string =>
  `${cpu}, ${cores} ${cores === 1 ? 'core' : 'cores'}, ${Math.round(memoryMiB / 1024)} GiB, ${kernel}, Node ${node}`;

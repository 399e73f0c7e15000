import { describe, expect, it } from 'vitest';
import { root } from '../checkout/root.js';
import { buildableNativePackages } from '../native-build/native-packages.js';
import { readMeasurements } from '../perf/measurement.js';
import { takeSample } from '../perf/measuring/sample.js';

const counters = { counter: undefined, counted: undefined, missing: [] };
const withVideo = buildableNativePackages().includes('packages/video');
const measurements = (await readMeasurements(root)).filter(
  ({ folder }) => withVideo || folder !== 'packages/video',
);

describe('a measurement', () => {
  it.each(measurements.map((one) => [`${one.packageName}: ${one.name}`, one] as const))(
    'runs: %s',
    async (_, measurement) => {
      const outcome = await takeSample({
        ...{ tree: root, measurement, mode: 'time', counters },
        ...{ warmMs: 0, measureMs: 0 },
      });
      expect(outcome).toEqual({ sample: { wall: expect.any(Number), cpu: expect.any(Number) } });
    },
  );

  it('has a name of its own in its package', () => {
    const names = measurements.map(({ packageName, name }) => `${packageName}: ${name}`);
    expect(new Set(names).size).toBe(names.length);
  });
});

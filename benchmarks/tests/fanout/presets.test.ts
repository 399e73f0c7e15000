import { describe, expect, it } from 'vitest';
import { defaultConfig } from '../../dist/fanout/config.js';
import { configOf, presetNames } from '../../dist/fanout/presets.js';

describe('presets', () => {
  const full = (name: (typeof presetNames)[number]) => ({ ...defaultConfig, ...configOf(name) });

  it('are the five runs that they repeat', () => {
    const shape = presetNames.map((name) => {
      const { readers, slots, slotBytes, writesPerSecond, durationSeconds } = full(name);
      return [name, readers, slots, slotBytes, writesPerSecond, durationSeconds];
    });
    expect(shape).toEqual([
      ['good-behaviour', 5, 50, 1e6, 24, 10],
      ['many-readers', 100, 10, 1e6, 24, 10],
      ['rate-beyond-lock', 1, 10, 1e6, 2000, 10],
      ['rate-beyond-memory', 1, 3, 1e8, 24, 10],
      ['slow-readers', 4, 10, 1e6, 24, 3],
    ]);
    expect(full('slow-readers').readerBurnCpuMilliseconds).toBe(100);
    expect(presetNames.filter((name) => !full(name).verifyWrites)).toEqual(['rate-beyond-memory']);
  });

  it('have writers that give up what finds no room', () => {
    expect(new Set(presetNames.map((name) => full(name).whenFull))).toEqual(new Set(['throw']));
  });
});

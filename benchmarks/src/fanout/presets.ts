import type { FanoutConfig } from './config.js';

export interface Preset {
  readonly config: Partial<FanoutConfig>;
  readonly shows: string;
}

/** Runs that each show one thing. Their writers never wait: a write into a full ring is given up. */
export const presets = {
  'good-behaviour': {
    config: {
      slotBytes: 1_000_000,
      slots: 50,
      durationSeconds: 10,
      writesPerSecond: 24,
      readers: 5,
    },
    shows: 'five readers follow a camera without effort',
  },
  'many-readers': {
    config: {
      slotBytes: 1_000_000,
      slots: 10,
      durationSeconds: 10,
      writesPerSecond: 24,
      readers: 100,
    },
    shows: 'a hundred readers do not slow the writer down',
  },
  'rate-beyond-lock': {
    config: {
      slotBytes: 1_000_000,
      slots: 10,
      durationSeconds: 10,
      writesPerSecond: 2000,
      readers: 1,
    },
    shows: 'a rate at which a lock around every write falls behind',
  },
  'rate-beyond-memory': {
    config: {
      slotBytes: 100_000_000,
      slots: 3,
      durationSeconds: 10,
      writesPerSecond: 24,
      readers: 1,
      verifyWrites: false,
    },
    shows: '2.4 GB/s in records that no cache holds',
  },
  'slow-readers': {
    config: {
      slotBytes: 1_000_000,
      slots: 10,
      durationSeconds: 3,
      writesPerSecond: 24,
      readers: 4,
      readerBurnCpuMilliseconds: 100,
    },
    shows: 'readers that cannot keep up: writes are given up, and counted',
  },
} as const satisfies Record<string, Preset>;

export type PresetName = keyof typeof presets;

export const presetNames = Object.keys(presets) as PresetName[];

/** What a preset asks for. */
export const configOf = (name: PresetName): Partial<FanoutConfig> => ({
  whenFull: 'throw',
  ...presets[name].config,
});

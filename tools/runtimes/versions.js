/** The runtimes that arena is tested on, pinned. npm has a package of binaries for each. */

export const NODE_VERSIONS = {
  20: '20.20.2',
  22: '22.23.3',
  24: '24.21.0',
  26: '26.10.0',
};

/** @typedef {keyof typeof NODE_VERSIONS} NodeMajor */

export const BUN_VERSION = '1.4.5';
export const DENO_VERSION = '2.9.6';

/** Runs under an emulator of its processor. */
export const ARM_NODE_VERSION = '22.23.3';

export const ESBUILD_VERSION = '0.28.2';

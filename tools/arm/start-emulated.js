/** Loaded before everything else: this process starts Node.js for Arm wherever it would start its own Node.js. */
const { ARENA_ARM_WRAPPER, ARENA_ARM_ADDON } = process.env;

if (ARENA_ARM_WRAPPER !== undefined) process.execPath = ARENA_ARM_WRAPPER;

if (process.arch === 'arm64' && ARENA_ARM_ADDON !== undefined) {
  const { dlopen } = process;
  /** @param {Parameters<typeof dlopen>} args */
  process.dlopen = (...[module, path, ...rest]) =>
    // A checkout's own build is for the processor of this machine.
    dlopen(module, path.endsWith('/arena_shm.node') ? ARENA_ARM_ADDON : path, ...rest);
}

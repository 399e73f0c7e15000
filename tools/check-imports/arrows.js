/**
 * The layers that each layer may import. A package's layer is its nx tag, `layer:<name>`.
 *
 * Tests may also import the packages that their own package names as devDependencies.
 */

/** @type {Record<string, string[]>} A package may always import itself. */
export const ARROWS = {
  core: [],
  testkit: ['core'],
  transport: ['core'],
  payloads: ['core'],
  video: ['core', 'payloads'],
  pipeline: ['core', 'payloads', 'transport'],
  benchmarks: ['core', 'payloads', 'transport', 'pipeline', 'video'],
  cli: ['core', 'transport', 'video', 'benchmarks'],
  examples: ['core', 'payloads', 'transport', 'pipeline', 'video', 'cli'],
  reliability: ['core', 'payloads', 'transport', 'pipeline'],
  tools: [],
};

/**
 * @type {Record<string, string[]>} Layers that a layer may load only with `import()`, at the first use,
 * because everything else must work without FFmpeg.
 */
export const ONLY_LAZILY = { benchmarks: ['video'], cli: ['video'] };

/** Tests of these layers use files of the tests of others: of the transports, and of the examples. */
export const REACH_INTO_TESTS = ['reliability', 'tools'];

/** Headers of Node and its event loop. The native core compiles without any of them. */
export const NODE_HEADERS =
  /^(node_api|js_native_api|js_native_api_types|node_api_types|napi|napi-inl|node|node_buffer|v8|uv)\.h$|^uv\//;

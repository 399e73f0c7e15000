/** Every kind of arena whose writers wait. */
export { fanOutPool, pool } from '../../../packages/transport-pool/tests/pool.js';
export { ring } from '../../../packages/transport-ring/tests/ring.js';

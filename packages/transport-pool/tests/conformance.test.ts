import { describeTransport } from '@arena/testkit';
import { pool } from './pool.js';

describeTransport(pool);

import { describeTransport } from '@arena/testkit';
import { ring } from './ring.js';

describeTransport(ring);

import { describeMemoryOfThreads, describeTerminatedThreads, Stage } from '@arena/testkit';
import { describe } from 'vitest';
import { ring } from './ring.js';

describe('termination', () => {
  describeTerminatedThreads(new Stage(ring), [['borrows', 'borrows', 'exit code 1']]);
});

describe('moving the memory of', () => {
  describeMemoryOfThreads(new Stage(ring), ['loan']);
});

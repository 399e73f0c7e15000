/** Keeps its CPU from sleeping until its parent has ended. */
import { serve } from '../kit/processes/serve.js';

/** Turns between two checks for the parent. */
const turns = 1_000_000;

function keepAwake() {
  for (let turn = 0; turn < turns; turn++);
  setImmediate(keepAwake);
}

const functions = {
  /** Returns when the CPU is kept awake. */
  start(): void {
    setImmediate(keepAwake);
  },
};

export type KeeperProcess = typeof functions;

serve(functions);

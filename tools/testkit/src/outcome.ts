import { expect } from 'vitest';

/** The facts of an error that programs can check. */
export interface Failure extends Error {
  readonly code?: string;
  readonly details?: Record<string, unknown>;
}

/** The error that `call` throws. */
export function failureOf(call: () => unknown): Failure {
  try {
    call();
  } catch (error) {
    return error as Failure;
  }
  throw new Error('the call did not throw');
}

/** The error that rejects a promise. */
export async function rejectionOf(promise: PromiseLike<unknown>): Promise<Failure> {
  try {
    await promise;
  } catch (error) {
    return error as Failure;
  }
  throw new Error('the promise was not rejected');
}

/** Whether a promise is settled once the event loop has turned a few times. */
export async function isSettled(promise: PromiseLike<unknown>): Promise<boolean> {
  let settled = false;
  const settle = () => {
    settled = true;
  };
  promise.then(settle, settle);
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
  return settled;
}

export const expectCode = (failure: Failure, code: string): void => expect(failure.code).toBe(code);

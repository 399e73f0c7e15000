/** What the readers of a ring can do beside others. This package knows the contract alone. */
export interface LendingReader {
  borrow(): Promise<Loan | null>;
  tryBorrow(): Loan | null;
}

interface Loan {
  readonly bytes: Uint8Array;
  release(): void;
}

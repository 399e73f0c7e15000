/** The members that only readers of a ring have. This package imports only the contract. */
export interface LendingReader {
  borrow(): Promise<Loan | null>;
  tryBorrow(): Loan | null;
}

interface Loan {
  readonly bytes: Uint8Array;
  release(): void;
}

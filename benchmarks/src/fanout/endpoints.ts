/** How a writer process of the benchmark puts records into what is measured. */
export interface WriteEnd {
  /** Puts in as many leading records as fit now; returns how many. */
  tryWrite(records: readonly Uint8Array[]): number;
  /** Waits for room until all are in; after `timeoutMs`, returns how many are. */
  write(records: readonly Uint8Array[], timeoutMs: number): Promise<number>;
  /** Says that this writer is done. */
  close(): void;
}

/** How a reader process of the benchmark takes them out. */
export interface ReadEnd {
  /** The next record, valid until `release`; `undefined` when there is none now. */
  tryRead(): Uint8Array | undefined;
  /** Waits for one; false at the end of the stream. */
  wait(): Promise<boolean>;
  /** Ends the use of the last record; false when a writer had overwritten it meanwhile. */
  release(): boolean;
  /** Records between this reader and the newest. */
  readonly lag: number;
  /** Records that this reader was told it lost. */
  readonly lost: number;
  close(): void;
}

/** The end at which a writer process puts records in. */
export interface WriteEnd {
  /** Writes as many of the first records as fit now. Returns their number. */
  tryWrite(records: readonly Uint8Array[]): number;
  /**
   * Writes the records, and waits for room for at most `timeoutMs`. Returns the number of written records.
   */
  write(records: readonly Uint8Array[], timeoutMs: number): Promise<number>;
  /** Ends this writer. */
  close(): void;
}

/** The end at which a reader process takes records out. */
export interface ReadEnd {
  /** The next record, valid until `release`; `undefined` when there is none now. */
  tryRead(): Uint8Array | undefined;
  /** Waits for a record; false at the end of the stream. */
  wait(): Promise<boolean>;
  /** Ends the use of the last record; false when a writer has overwritten it meanwhile. */
  release(): boolean;
  /** Records between this reader and the newest. */
  readonly lag: number;
  /** Lost records of which this reader was told. */
  readonly lost: number;
  close(): void;
}

/** Told what a benchmark is at; `failed` where something is left out that should not be. */
export interface LineObserver<Cell> {
  /** `done` of `cells` are measured; now comes `cell`. */
  begin(cell: Cell, done: number, cells: number): void;
  skip(what: string, reason: string, failed: boolean): void;
  stop(): void;
}

/** On a terminal where the benchmark is, and anywhere what is left out; a failure makes the exit status 1. */
export function progressLine<Cell>(nameOf: (cell: Cell) => string): LineObserver<Cell> {
  const terminal = process.stderr.isTTY;
  const clearLine = terminal ? '\r\u001b[K' : '';
  return {
    begin: (cell, done, cells) => {
      if (terminal) process.stderr.write(`${clearLine}${done + 1} of ${cells}  ${nameOf(cell)}`);
    },
    skip: (what, reason, failed) => {
      process.stderr.write(`${clearLine}skipped ${what}: ${reason}\n`);
      if (failed) process.exitCode = 1;
    },
    stop: () => {
      process.stderr.write(clearLine);
    },
  };
}

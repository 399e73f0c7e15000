import type { StreamReport } from './stream-verifier.js';

/** The part of a reader's report that can be right or wrong. */
export interface JudgedReader {
  readonly pid: number;
  readonly lost: number;
  readonly stream: StreamReport;
}

function problemsOf({ pid, lost, stream }: JudgedReader, written: readonly number[]): string[] {
  const who = `reader ${pid}`;
  const total = written.reduce((sum, count) => sum + count, 0);
  const problems = stream.problems.map((problem) => `${who}: ${problem}`);
  const untold = stream.problemCount - stream.problems.length;
  if (untold > 0) problems.push(`${who}: and ${untold} more`);
  if (stream.read + lost !== total) {
    problems.push(
      `${who}: read ${stream.read} and was told of ${lost} lost, ${total} were written`,
    );
  }
  for (const [writer, count] of written.entries()) {
    const next = stream.next[writer] ?? 0;
    if (lost === 0 && next !== count) {
      problems.push(`${who}: ended at ${next} of writer ${writer}, which wrote ${count}`);
    }
  }
  return problems;
}

/**
 * Checks that every reader saw the written records.
 *
 * @param written Records of each writer.
 * @param mayLose True when losses of which a reader was told are allowed.
 * @returns Descriptions of the faults; empty when there are none.
 */
export function judge(
  readers: readonly JudgedReader[],
  written: readonly number[],
  mayLose: boolean,
): string[] {
  const problems = readers.flatMap((reader) => problemsOf(reader, written));
  for (const { pid, lost } of readers) {
    if (lost > 0 && !mayLose)
      problems.push(`reader ${pid}: lost ${lost} where nothing is overwritten`);
  }
  const complete = readers.filter(({ lost }) => lost === 0);
  const other = complete.find(
    ({ stream }) => stream.orderDigest !== complete[0]?.stream.orderDigest,
  );
  if (other) {
    problems.push(
      `readers ${complete[0]?.pid} and ${other.pid} saw the records in different orders`,
    );
  }
  return problems;
}

/** One line of text, cut between words into lines of at most `width`. */
function wrapLine(line: string, width: number): string[] {
  const indent = /^ */.exec(line)?.[0] ?? '';
  const lines: string[] = [];
  let current = indent;
  for (const word of line.trim().split(' ')) {
    const longer = current.trim() === '' ? `${current}${word}` : `${current} ${word}`;
    if (longer.length <= width || current.trim() === '') current = longer;
    else {
      lines.push(current);
      // The rest of a line is indented further than the line.
      current = `${indent}  ${word}`;
    }
  }
  return [...lines, current.trimEnd()];
}

/** Text whose lines have at most `width` letters, where its words allow that. */
export const wrap = (text: string, width: number): string =>
  text
    .split('\n')
    .flatMap((line) => (line.length <= width ? [line] : wrapLine(line, width)))
    .join('\n');

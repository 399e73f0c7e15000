/** Number of letters to change, add or remove to get from one word to the other. */
function distance(from: string, to: string): number {
  let above = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const changed = (above[column - 1] as number) + (from[row - 1] === to[column - 1] ? 0 : 1);
      const shorter = (above[column] as number) + 1;
      const longer = (current[column - 1] as number) + 1;
      current.push(Math.min(changed, shorter, longer));
    }
    above = current;
  }
  return above[to.length] as number;
}

const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');

/** The difference of two names. A name that begins or ends with the other one is nearly the same. */
function unlikeness(wrong: string, known: string): number {
  const [one, other] = [plain(wrong), plain(known)];
  const [short, long] = one.length < other.length ? [one, other] : [other, one];
  if (short.length >= 4 && (long.startsWith(short) || long.endsWith(short))) return 1;
  return distance(one, other);
}

/** The name that is most like `wrong`, or undefined when none is similar. */
export function nearestName(wrong: string, names: readonly string[]): string | undefined {
  const most = Math.max(2, Math.floor(wrong.length / 3));
  let nearest: string | undefined;
  let least = most + 1;
  for (const name of names) {
    const unlike = unlikeness(wrong, name);
    if (unlike < least) [nearest, least] = [name, unlike];
  }
  return nearest;
}

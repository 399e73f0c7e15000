/** Tables of plain text that fit the width they are given. */

export interface Column<Row> {
  readonly head: string;
  readonly cell: (row: Row) => string;
  /** Text stands at the left. Numbers stand at the right, which is the default. */
  readonly left?: boolean;
  /** Identifies the row. Where a table is split, every part begins with these columns. */
  readonly key?: boolean;
  /** Stays beside the column before it where a table is split. */
  readonly joined?: boolean;
  /** A drawing stands further apart and has no rule over it. */
  readonly drawing?: boolean;
}

/** A column with all of its text. */
interface Filled {
  readonly column: Pick<Column<never>, 'left' | 'key' | 'joined' | 'drawing'>;
  /** Lines of the heading, top first. */
  readonly head: readonly string[];
  readonly cells: readonly string[];
  readonly width: number;
}

const gapBefore = ({ column }: Filled) => (column.drawing ? 3 : 2);

const widthOf = (columns: readonly Filled[]): number =>
  columns.reduce(
    (width, column, index) => width + column.width + (index === 0 ? 0 : gapBefore(column)),
    0,
  );

const longest = (texts: readonly string[]) => Math.max(0, ...texts.map((text) => text.length));

/** Fills the columns in. A stacked heading has a line for each of its words. */
function fill<Row>(columns: readonly Column<Row>[], rows: readonly Row[], stacked: boolean) {
  return columns.map((column): Filled => {
    const head = stacked && !column.drawing ? column.head.split(' ') : [column.head];
    const cells = rows.map(column.cell);
    return { column, head, cells, width: longest([...head, ...cells]) };
  });
}

/** One line of text, with the text of each column. */
function lineOf(columns: readonly Filled[], textOf: (filled: Filled) => string): string {
  const parts = columns.map((filled, index) => {
    const text = textOf(filled);
    const gap = ' '.repeat(index === 0 ? 0 : gapBefore(filled));
    return gap + (filled.column.left ? text.padEnd(filled.width) : text.padStart(filled.width));
  });
  return parts.join('').trimEnd();
}

/** Heading, rule, and one line for each row. */
function draw(columns: readonly Filled[]): string[] {
  const height = Math.max(...columns.map(({ head }) => head.length));
  const heading = Array.from({ length: height }, (_, line) =>
    lineOf(columns, ({ head }) => head[line - height + head.length] ?? ''),
  );
  const rows = columns[0]?.cells.length ?? 0;
  const body = Array.from({ length: rows }, (_, row) =>
    lineOf(columns, ({ cells }) => cells[row] ?? ''),
  );
  const ruled = columns.filter(({ column }) => !column.drawing);
  return [...heading, '-'.repeat(widthOf(ruled)), ...body];
}

/** Indices of the columns that are no keys. Joined columns are in one group. */
function groupsOf(columns: readonly Filled[]): number[][] {
  const groups: number[][] = [];
  for (const [index, { column }] of columns.entries()) {
    if (column.key) continue;
    if (column.joined) groups.at(-1)?.push(index);
    else groups.push([index]);
  }
  return groups;
}

/**
 * Splits a table into parts that fit `width`, each with all keys. Returns the indices of their columns,
 * or undefined when the keys and one column do not fit.
 */
function split(columns: readonly Filled[], width: number): number[][] | undefined {
  const keys = [...columns.keys()].filter((index) => columns[index]?.column.key);
  const fits = (part: readonly number[]) =>
    widthOf(part.flatMap((index) => columns[index] ?? [])) <= width;
  const parts: number[][] = [];
  for (const group of groupsOf(columns)) {
    const longer = [...(parts.at(-1) ?? keys), ...group];
    if (fits(longer)) parts.splice(-1, 1, longer);
    else if (fits([...keys, ...group])) parts.push([...keys, ...group]);
    // Leave out a drawing that fits nowhere.
    else if (!group.every((index) => columns[index]?.column.drawing)) return undefined;
  }
  return parts;
}

/** Every row as lines of its own: the keys, and under them the other columns. */
function list(columns: readonly Filled[]): string[] {
  const keys = columns.filter(({ column }) => column.key);
  const others = columns.filter(({ column }) => !column.key && !column.drawing);
  const nameWidth = longest(others.flatMap(({ head }) => head));
  const rows = columns[0]?.cells.length ?? 0;
  return Array.from({ length: rows }, (_, row) => [
    keys.map(({ cells }) => cells[row]).join(' '),
    ...others.map(({ head, cells }) => `  ${head[0]?.padEnd(nameWidth)}  ${cells[row]}`),
  ]).flat();
}

/**
 * Heading, rule, and one line for each row; no colour.
 *
 * A table that is wider than `width` gets headings of several lines. If it is still wider, it is
 * split into tables under each other, and if there is no room even for that, it becomes a list.
 */
export function textTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width = Number.POSITIVE_INFINITY,
): string[] {
  const full = fill(columns, rows, false);
  const stacked = fill(columns, rows, true);
  const fitting = (part: readonly number[]) => {
    const pick = (all: readonly Filled[]) => part.flatMap((index) => all[index] ?? []);
    return widthOf(pick(full)) <= width ? pick(full) : pick(stacked);
  };
  const all = fitting([...columns.keys()]);
  if (widthOf(all) <= width) return draw(all);
  const parts = split(stacked, width);
  if (!parts) return list(full);
  return parts.flatMap((part, index) => [...(index === 0 ? [] : ['']), ...draw(fitting(part))]);
}

import type { NamedArena } from '@arena/shm-core';

function stateOf({ creatorPid, compatible, attached, creatorAlive }: NamedArena): string {
  if (creatorPid === 0) return 'no arena: "arena clean" leaves it alone';
  const version = compatible ? '' : ', of another version';
  if (attached) return `in use${version}`;
  return creatorAlive ? `idle${version}` : `stale${version}: "arena clean" removes it`;
}

const sizeOf = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

const creatorOf = ({ creatorPid, creatorAlive }: NamedArena) => {
  if (creatorPid === 0) return '-';
  return creatorAlive ? String(creatorPid) : `${creatorPid} (dead)`;
};

/** One line per arena under a line of headings, columns aligned. */
export function formatArenas(arenas: readonly NamedArena[]): string {
  if (arenas.length === 0) return 'There are no named arenas.';
  const rows = [
    ['name', 'size', 'creator', 'state'],
    ...arenas.map((arena) => [
      arena.name,
      sizeOf(arena.byteLength),
      creatorOf(arena),
      stateOf(arena),
    ]),
  ];
  const widths = [0, 1, 2].map((column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows
    .map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
    .join('\n');
}

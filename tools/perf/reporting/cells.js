/** The columns of the table, as text. */

/** @typedef {import('../comparing/row.js').Row} Row */

/** @type {Record<string, string>} */
const QUANTITIES = {
  wall: 'time',
  cpu: 'CPU time',
  instructions: 'instructions',
  calls: 'system calls',
  wakeUps: 'wake-ups',
  copied: 'bytes copied',
  allocations: 'allocations',
  heap: 'bytes of heap',
};

export const HEADINGS = [
  'measurement',
  'of an item',
  'base',
  'head',
  'ratio',
  'verdict',
  'sees from',
];

/**
 * @param {Row} row
 * @returns {string[]}
 */
export function cellsOf(row) {
  return [
    `${row.packageName.replace(/^@[^/]*\//, '')}: ${row.name}`,
    QUANTITIES[row.quantity] ?? row.quantity,
    figure(row, row.base),
    figure(row, row.head),
    ratioOf(row),
    verdictOf(row),
    row.smallest === undefined ? '' : `+${percent(row.smallest)}`,
  ];
}

/** @param {Row} row */
function verdictOf({ verdict, accepted, note }) {
  const remark = accepted ? `accepted in ${accepted}` : note;
  return remark === undefined ? verdict : `${verdict} (${remark})`;
}

/** @param {Row} row */
function ratioOf({ ratio, low, high }) {
  if (!Number.isFinite(ratio)) return 'new';
  if (low === undefined || high === undefined) return ratio.toFixed(2);
  return `${ratio.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}]`;
}

/** @param {number} share */
function percent(share) {
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
}

/**
 * @param {Row} row
 * @param {number} value
 */
function figure({ quantity }, value) {
  return quantity === 'wall' || quantity === 'cpu' ? duration(value) : number(value);
}

/** @param {number} nanoseconds */
function duration(nanoseconds) {
  if (nanoseconds < 1e3) return `${number(nanoseconds)} ns`;
  return nanoseconds < 1e6 ? `${number(nanoseconds / 1e3)} us` : `${number(nanoseconds / 1e6)} ms`;
}

/** @param {number} value Shown with three digits, and whole numbers exactly. */
function number(value) {
  return Number.isInteger(value) || value >= 1000
    ? String(Math.round(value))
    : String(Number(value.toPrecision(3)));
}

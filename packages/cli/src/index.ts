export { type CsvRow, fromCsv, toCsv } from './bench/csv.js';
export { type PlotRow, type PlotText, plotSpec } from './bench/plot.js';
export type { Row } from './bench/row.js';

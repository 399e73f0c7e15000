/** Tables as CSV files, written and read. */
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';

export interface Csv {
  readonly header: readonly string[];
  readonly records: readonly (readonly unknown[])[];
}

/** A line for the header and one for each record. */
export const csvText = ({ header, records }: Csv): string => stringify([header, ...records]);

/** One record of a file, by the names in its header. */
export interface CsvLine {
  readonly fields: Readonly<Record<string, string>>;
  /** Of the line in the file, for messages. */
  readonly number: number;
}

/**
 * Reads the text of a CSV file whose first line names the columns.
 *
 * @param checkHeader Throws when columns are missing.
 */
export function readCsv(text: string, checkHeader: (names: string[]) => void): CsvLine[] {
  const lines: { record: Record<string, string>; info: { lines: number } }[] = parse(text, {
    columns: (names: string[]) => {
      checkHeader(names);
      return names;
    },
    bom: true,
    info: true,
    skip_empty_lines: true,
    trim: true,
  });
  return lines.map(({ record, info }) => ({ fields: record, number: info.lines }));
}

/** Reads and prints figures. */

/**
 * @param {readonly number[]} values
 * @returns {string} Their number, median, 99th percentile and maximum, in milliseconds.
 */
export function spreadOf(values) {
  if (values.length === 0) return 'none';
  const sorted = [...values].sort((a, b) => a - b);
  const at = (/** @type {number} */ share) =>
    /** @type {number} */ (
      sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]
    ).toFixed(1);
  return `${values.length}: median ${at(0.5)} ms, 99 % within ${at(0.99)} ms, longest ${at(1)} ms`;
}

/**
 * Reads a whole number from the command line.
 *
 * @param {string} name
 * @param {string} text
 * @param {number} minimum
 */
export function wholeNumber(name, text, minimum) {
  const value = Number(text);
  if (Number.isInteger(value) && value >= minimum) return value;
  console.error(`--${name} takes a whole number from ${minimum} on, not '${text}'.`);
  process.exit(2);
}

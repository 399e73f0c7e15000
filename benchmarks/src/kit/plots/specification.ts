/** The common part of all specifications of plots. */

export const schema = 'https://vega.github.io/schema/vega-lite/v6.json';

// The types of vega-lite want these words as literals.
export const quantitative = 'quantitative' as const;
export const nominal = 'nominal' as const;
export const log = 'log' as const;

export interface PlotText {
  readonly title?: string | undefined;
  /** One line under the title: the machine, or the source of the figures. */
  readonly subtitle?: string | undefined;
}

/** The look that all plots share. */
export const fontFamily = 'DejaVu Sans';

/** Fonts, greys and line widths that all plots share. */
export const plotConfig = {
  background: 'white',
  font: `${fontFamily}, Verdana, sans-serif`,
  padding: 14,
  view: { stroke: null },
  title: {
    anchor: 'start',
    fontSize: 16,
    fontWeight: 'bold',
    subtitleFontSize: 10.5,
    subtitleColor: '#555',
    offset: 14,
  },
  axisY: { titlePadding: 8 },
  axis: {
    labelFontSize: 11,
    titleFontSize: 12,
    titleFontWeight: 'normal',
    titlePadding: 10,
    gridColor: '#e4e4e4',
    domainColor: '#555',
    tickColor: '#555',
    labelColor: '#222',
  },
  legend: {
    labelFontSize: 11,
    titleFontSize: 11,
    titleFontWeight: 'bold',
    rowPadding: 4,
    symbolStrokeWidth: 2,
    symbolOpacity: 1,
  },
} as const;

/** Space between the two legends: vega knows it, vega-lite does not. */
export const legendLayout = {
  right: { anchor: 'start', direction: 'vertical', margin: 18 },
} as const;

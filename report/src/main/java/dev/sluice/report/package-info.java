/**
 * Figures, tables and pages that show what a run found. A {@link dev.sluice.report.Chart} is drawn
 * as SVG, a {@link dev.sluice.report.Table} is written as HTML, CSV, LaTeX or console text, and an
 * {@link dev.sluice.report.HtmlReport} puts them on one page that needs no script and no network.
 * The module knows nothing of models or runs: it takes plain arrays and text, and the same input
 * gives the same bytes.
 *
 * <p>All text handed in is data: markup in it is escaped, characters that XML forbids are replaced.
 * Numbers that are not finite are shown as gaps, never as errors.
 */
@NullMarked
package dev.sluice.report;

import org.jspecify.annotations.NullMarked;

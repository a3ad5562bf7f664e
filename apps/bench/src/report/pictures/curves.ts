import * as Plot from "@observablehq/plot";
import { ValueError } from "@wayweave/geo-core";
import { parseHTML } from "linkedom";
import { Html, html } from "../html.js";

/** A line of a panel. */
export interface Curve {
  /** The same name has the same colour in every panel. */
  readonly name: string;
  readonly points: readonly CurvePoint[];
}

export interface CurvePoint {
  readonly x: number;
  readonly y: number;
  /** Not measured: drawn hollow, and the line to it dashed. */
  readonly isEstimate?: boolean;
}

/** A plot with axes of its own. */
export interface CurvePanel {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly curves: readonly Curve[];
}

export interface Curves {
  readonly title: string;
  readonly panels: readonly CurvePanel[];
  /** Panels side by side. @defaultValue 2 */
  readonly columns?: number;
  readonly isLogX?: boolean;
  readonly isLogY?: boolean;
}

/** The report's colours, with those of its light page as a fallback. */
const palette = ["#2f6fb0", "#d4762c", "#3d9a6a", "#b5495b", "#7d62b5", "#8a6d4b", "#2b9aa8", "#8b929a"].map(
  (color, i) => `var(--series-${i + 1}, ${color})`,
);

const panelWidth = 340;
const panelHeight = 270;
/** The panel's title stands above its plot. */
const panelHead = 24;
const margin = 12;
const marginLeft = 52;
const keyLineHeight = 20;
/** At 12 px of a proportional font. */
const characterWidth = 7;

/**
 * Line charts side by side under one key, such as times against sizes, a panel a dataset.
 *
 * @returns one `<svg>` element
 * @throws {ValueError} no panels, or more curves than colours
 */
export function curvesPicture({ title, panels, columns = 2, isLogX, isLogY }: Curves): string {
  if (panels.length === 0) throw new ValueError("curvesPicture: panels must not be empty, got 0");
  const names = [...new Set(panels.flatMap(({ curves }) => curves.map(({ name }) => name)))];
  if (names.length > palette.length) {
    throw new ValueError(`curvesPicture: curves must be at most ${palette.length}, got ${names.length}`);
  }
  const width = 2 * margin + Math.min(columns, panels.length) * panelWidth;
  const key = keyMarkup(names, width - 2 * margin);
  const top = margin + key.height;
  const height = top + Math.ceil(panels.length / columns) * panelHeight + margin;
  const places = panels.map((panel, i) => {
    const [x, y] = [margin + (i % columns) * panelWidth, top + Math.floor(i / columns) * panelHeight];
    const plot = panelPlot(panel, names, { isLogX: isLogX ?? false, isLogY: isLogY ?? false });
    return html`<g transform="translate(${x} ${y})"><text x="${marginLeft}" y="20" font-weight="600">${panel.title}</text>
<g transform="translate(0 ${panelHead})">${plot}</g></g>`;
  });
  return html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${title}" font-family="system-ui, sans-serif" font-size="12" fill="var(--ink, #1b1f24)">
<rect width="${width}" height="${height}" fill="var(--card, #ffffff)"/>
<g transform="translate(${margin} ${margin})">${key.markup}</g>
${places}
</svg>`.markup;
}

function keyMarkup(names: readonly string[], width: number): { markup: Html[]; height: number } {
  let [x, line] = [0, 0];
  const markup = names.map((name, i) => {
    const needed = 34 + name.length * characterWidth;
    if (x > 0 && x + needed > width) [x, line] = [0, line + 1];
    const y = line * keyLineHeight + 10;
    const entry = html`<path d="M${x} ${y}h16" stroke="${palette[i]!}" stroke-width="3"/><text x="${x + 22}" y="${y + 4}">${name}</text>`;
    x += needed;
    return entry;
  });
  return { markup, height: (line + 1) * keyLineHeight };
}

interface Mark extends CurvePoint {
  readonly name: string;
}

function panelPlot(
  { xLabel, yLabel, curves }: CurvePanel,
  names: readonly string[],
  { isLogX, isLogY }: { isLogX: boolean; isLogY: boolean },
): Html {
  const marks = curves.flatMap(({ name, points }) => points.map((point): Mark => ({ ...point, name })));
  const measured = marks.filter(({ isEstimate }) => !isEstimate);
  const estimates = marks.filter(({ isEstimate }) => isEstimate);
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const plot = Plot.plot({
    document,
    width: panelWidth,
    height: panelHeight - panelHead,
    marginLeft,
    marginTop: 32,
    marginBottom: 40,
    marginRight: 16,
    style: { background: "transparent", fontSize: "11px", color: "var(--ink-soft, #59636e)" },
    color: { domain: [...names], range: names.map((_, i) => palette[i]!) },
    x: { label: xLabel, labelAnchor: "center", ticks: 6, ...axis(isLogX) },
    y: { label: yLabel, grid: true, nice: true, ticks: 6, ...axis(isLogY) },
    marks: [
      Plot.line(marks, { x: "x", y: "y", stroke: "name", z: "name", strokeDasharray: "2 4" }),
      Plot.line(measured, { x: "x", y: "y", stroke: "name", z: "name", strokeWidth: 2 }),
      Plot.dot(measured, { x: "x", y: "y", fill: "name", r: 3 }),
      Plot.dot(estimates, { x: "x", y: "y", stroke: "name", fill: "none", r: 3 }),
    ],
  });
  return new Html(plot.outerHTML.replace(/(\d\.\d\d)\d+/g, "$1"));
}

/** Labels without SI prefixes below 1; on a logarithmic axis, powers of ten only. */
function axis(isLog: boolean): Plot.ScaleOptions {
  const text = (value: number) => (value >= 10_000 ? `${value / 1000}k` : `${Number(value.toPrecision(6))}`);
  if (!isLog) return { tickFormat: text };
  const isPower = (value: number) => Math.abs(Math.log10(value) - Math.round(Math.log10(value))) < 1e-9;
  return { type: "log", tickFormat: (value: number) => (isPower(value) ? text(value) : "") };
}

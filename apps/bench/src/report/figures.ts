import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import type { Figure } from "../experiments/experiment.js";
import { formatValue } from "../results/format.js";
import { metricInfo } from "../results/metric-names.js";
import type { ResultFile, ResultRow } from "../results/schema.js";
import { Html, html } from "./html.js";

/** One mark of a plot: an estimate of a row, and where it stands. */
interface Point {
  readonly x: number | string;
  readonly series: string;
  readonly facet: string;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  readonly paper: number | undefined;
  readonly title: string;
}

/** Colours by CSS variable, so that the plots follow the page into the dark. */
const palette = Array.from({ length: 8 }, (_, i) => `var(--series-${i + 1})`);

/** A figure as inline SVG with its caption; nothing where no row has the metric. */
export function figureMarkup(figure: Figure, result: ResultFile): Html | undefined {
  const points = pointsOf(figure, result.rows);
  if (points.length === 0) return undefined;
  const series = [...new Set(points.map((point) => point.series))];
  const svg = figure.kind === "bars" ? barPlot(figure, points, series) : linePlot(figure, points, series);
  const hasPaper = points.some(({ paper }) => paper !== undefined);
  return html`<figure><figcaption>${figure.title}${
    hasPaper ? html` <span class="key-paper">the paper’s value</span>` : undefined
  }</figcaption>
<ul class="key">${series.map(
    (name, i) =>
      html`<li><span class="swatch" style="background:${palette[i % palette.length]}"></span>${name}</li>`,
  )}</ul>
<div class="scroll">${svg}</div></figure>`;
}

function pointsOf(figure: Figure, rows: readonly ResultRow[]): Point[] {
  return rows.flatMap((row) => {
    const estimate = row.metrics[figure.metric];
    if (estimate === undefined) return [];
    const x = axisValue(row, figure.x);
    if (x === undefined) return [];
    const { mean, low, high } = estimate;
    return {
      x,
      series: String(axisValue(row, figure.series) ?? ""),
      facet: figure.facet === undefined ? "" : String(axisValue(row, figure.facet) ?? ""),
      mean,
      low,
      high,
      paper: row.paper?.[figure.metric],
      title: `${row.system}, ${row.dataset}: ${formatValue(figure.metric, mean)}`,
    };
  });
}

function axisValue(row: ResultRow, axis: string): number | string | undefined {
  if (axis === "system") return row.system;
  if (axis === "dataset") return row.dataset;
  return row.parameters?.[axis];
}

function barPlot(figure: Figure, points: readonly Point[], series: readonly string[]): Html {
  const facets = [...new Set(points.map(({ facet }) => facet))];
  const printed = points.filter(({ paper }) => paper !== undefined);
  return render({
    ...common(figure, series),
    width: Math.max(360, 60 + points.length * 32 + facets.length * 16),
    x: { axis: null, padding: 0.15, domain: series },
    fx: { label: null, padding: 0.08, domain: facets },
    y: { ...yAxis(figure), zero: true },
    marks: [
      Plot.barY(points, {
        fx: "facet",
        x: "series",
        y: "mean",
        fill: "series",
        z: null,
        title: "title",
        rx: 2,
      }),
      Plot.ruleX(points, {
        fx: "facet",
        x: "series",
        y1: "low",
        y2: "high",
        stroke: "var(--ink)",
        strokeWidth: 1.25,
      }),
      // The same tick twice: a wider one in the page's colour keeps it apart from a bar of its own colour.
      ...[
        { stroke: "var(--card)", strokeWidth: 5 },
        { stroke: "var(--paper)", strokeWidth: 2.5, strokeDasharray: "3 2" },
      ].map((style) => Plot.tickY(printed, { fx: "facet", x: "series", y: "paper", ...style })),
      Plot.ruleY([0], { stroke: "var(--line)" }),
    ],
  });
}

function linePlot(figure: Figure, points: readonly Point[], series: readonly string[]): Html {
  const facets = [...new Set(points.map(({ facet }) => facet))];
  const isNumeric = points.every(({ x }) => typeof x === "number");
  const faceted = facets.length > 1 ? { fx: "facet" } : {};
  return render({
    ...common(figure, series),
    width: Math.max(460, 360 * facets.length),
    x: {
      label: figure.x,
      ...(isNumeric ? { type: figure.logX ? "log" : "linear", tickFormat: "~s" } : { type: "point" }),
    },
    fx: { label: null, domain: facets },
    y: yAxis(figure),
    marks: [
      ...(isNumeric
        ? [
            Plot.areaY(points, {
              ...faceted,
              x: "x",
              y1: "low",
              y2: "high",
              fill: "series",
              z: "series",
              fillOpacity: 0.15,
            }),
          ]
        : []),
      Plot.lineY(points, { ...faceted, x: "x", y: "mean", stroke: "series", z: "series", strokeWidth: 2 }),
      Plot.dot(points, { ...faceted, x: "x", y: "mean", fill: "series", r: 3.5, title: "title" }),
      Plot.dot(
        points.filter(({ paper }) => paper !== undefined),
        { ...faceted, x: "x", y: "paper", stroke: "var(--paper)", strokeWidth: 2, r: 4.5, symbol: "times" },
      ),
    ],
  });
}

function common(figure: Figure, series: readonly string[]) {
  return {
    height: 260,
    marginLeft: 52,
    marginBottom: 38,
    style: { background: "transparent", fontFamily: "inherit", fontSize: "12px", color: "var(--ink-soft)" },
    color: { domain: series, range: series.map((_, i) => palette[i % palette.length]!) },
    ariaLabel: figure.title,
  };
}

function yAxis(figure: Figure): Plot.ScaleOptions {
  const { label, unit } = metricInfo[figure.metric];
  const text = unit === "ms" ? `${label}, ms` : unit === "percent" ? `${label}, %` : label;
  return { label: text, grid: true, nice: true, ...(figure.logY ? { type: "log", tickFormat: "~s" } : {}) };
}

function render(options: Plot.PlotOptions): Html {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const plot = Plot.plot({ ...options, document });
  return new Html(plot.outerHTML);
}

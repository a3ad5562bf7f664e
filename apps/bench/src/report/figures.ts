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

/** As wide as the page's column; no plot is wider. */
const PAGE_WIDTH = 1080;

/** The colour of each series: the same one in all charts of a report. */
export type SeriesColors = ReadonlyMap<string, string>;

/**
 * Colours in the order in which series first appear in the report. Neighbours are a golden angle apart on the colour wheel, so that
 * any number of systems gets different ones; the lightness follows the page into the dark.
 */
export function seriesColors(
  figures: readonly { readonly figure: Figure; readonly result: ResultFile }[],
): SeriesColors {
  const names = figures.flatMap(({ figure, result }) =>
    pointsOf(figure, result.rows).map(({ series }) => series),
  );
  return new Map(
    [...new Set(names)].map((name, i) => {
      const hue = Math.round((210 + i * 137.508) % 360);
      return [name, `hsl(${hue} 52% var(--series-light-${(i % 3) + 1}))`];
    }),
  );
}

/** A figure as inline SVG with its caption; nothing where no row has the metric. */
export function figureMarkup(figure: Figure, result: ResultFile, colors: SeriesColors): Html | undefined {
  const points = drawnPoints(figure, pointsOf(figure, result.rows));
  if (points.length === 0) return undefined;
  const series = [...new Set(points.map((point) => point.series))];
  const facets = [...new Set(points.map(({ facet }) => facet))];
  const perRow = figure.kind === "bars" ? facetsOfBars(series.length) : 3;
  const plot = figure.kind === "bars" ? barPlot : linePlot;
  const scale = { figure, series, colors, domain: valueDomain(figure, points) };
  const plots = chunks(facets, perRow).map((shown) =>
    plot(
      scale,
      points.filter(({ facet }) => shown.includes(facet)),
      shown,
    ),
  );
  const hasPaper = points.some(({ paper }) => paper !== undefined);
  return html`<figure><figcaption>${figure.title}${
    hasPaper ? html` <span class="key-paper">the paper’s value</span>` : undefined
  }</figcaption>
<ul class="key">${series.map(
    (name) => html`<li><span class="swatch" style="background:${colors.get(name)!}"></span>${name}</li>`,
  )}</ul>
${plots.map((svg) => html`<div class="scroll" tabindex="0" role="region" aria-label="${figure.title}">${svg}</div>`)}</figure>`;
}

/** Of line plots the facets that have a line, where any has: a single x is told by the table. */
function drawnPoints(figure: Figure, points: readonly Point[]): readonly Point[] {
  if (figure.kind !== "lines") return points;
  const withLine = points.filter(({ facet, x }) =>
    points.some((other) => other.facet === facet && other.x !== x),
  );
  return withLine.length > 0 ? withLine : points;
}

/** What the plots of one figure share: the rows of facets have one scale. */
interface Shared {
  readonly figure: Figure;
  readonly series: readonly string[];
  readonly colors: SeriesColors;
  readonly domain: readonly [number, number];
}

/** Facets side by side that leave a bar 14 pixels at least. */
function facetsOfBars(bars: number): number {
  return Math.max(1, Math.floor((PAGE_WIDTH - 60) / (bars * 14 + 16)));
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  );
}

function valueDomain(figure: Figure, points: readonly Point[]): readonly [number, number] {
  const values = points.flatMap(({ low, high, paper }) =>
    paper === undefined ? [low, high] : [low, high, paper],
  );
  const [least, largest] = [Math.min(...values), Math.max(...values)];
  return figure.kind === "bars" ? [Math.min(0, least), largest] : [least, largest];
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

function barPlot(shared: Shared, points: readonly Point[], facets: readonly string[]): Html {
  const { series } = shared;
  const bar = Math.min(32, (PAGE_WIDTH - 60 - facets.length * 16) / (facets.length * series.length));
  const printed = points.filter(({ paper }) => paper !== undefined);
  return render({
    ...common(shared),
    width: Math.min(PAGE_WIDTH, Math.max(360, Math.round(60 + facets.length * (series.length * bar + 16)))),
    x: { axis: null, padding: 0.15, domain: [...series] },
    fx: { label: null, padding: 0.08, domain: [...facets] },
    y: { ...yAxis(shared), zero: true },
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

function linePlot(shared: Shared, points: readonly Point[], facets: readonly string[]): Html {
  const { figure } = shared;
  const isNumeric = points.every(({ x }) => typeof x === "number");
  const faceted = facets.some((facet) => facet !== "") ? { fx: "facet" } : {};
  return render({
    ...common(shared),
    width: Math.max(460, 360 * facets.length),
    x: {
      label: figure.x,
      ...(isNumeric ? { type: figure.logX ? "log" : "linear", tickFormat: tickText } : { type: "point" }),
    },
    fx: { label: null, domain: [...facets] },
    y: yAxis(shared),
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

function common({ figure, series, colors }: Shared) {
  return {
    height: 270,
    marginTop: 34,
    marginLeft: 52,
    marginBottom: 38,
    style: { background: "transparent", fontFamily: "inherit", fontSize: "12px", color: "var(--ink-soft)" },
    color: { domain: [...series], range: series.map((name) => colors.get(name)!) },
    ariaLabel: figure.title,
  };
}

function yAxis({ figure, domain }: Shared): Plot.ScaleOptions {
  const { label, unit } = metricInfo[figure.metric];
  const text = unit === "ms" ? `${label}, ms` : unit === "percent" ? `${label}, %` : label;
  const scale = figure.logY ? { type: "log" as const, ticks: 5 } : {};
  return { label: text, grid: true, nice: true, domain: [...domain], tickFormat: tickText, ...scale };
}

/** `0.1`, `25`, `40k`, `1M`: no prefixes below one. */
export function tickText(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e6) return `${Number((value / 1e6).toPrecision(3))}M`;
  if (size >= 1e4) return `${Number((value / 1e3).toPrecision(3))}k`;
  return String(Number(value.toPrecision(3)));
}

function render(options: Plot.PlotOptions): Html {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const plot = Plot.plot({ ...options, document });
  return new Html(plot.outerHTML);
}

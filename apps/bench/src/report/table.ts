import { shownMetrics, syntheticNames } from "../commands/text-table.js";
import type { AnyExperiment } from "../experiments/experiment.js";
import { formatPaper, formatSeconds, formatSpread, formatValue } from "../results/format.js";
import { type MetricName, metricInfo } from "../results/metric-names.js";
import type { Estimate, ResultFile, ResultRow } from "../results/schema.js";
import { type Html, html } from "./html.js";

interface Column {
  readonly metric: MetricName;
  /** Some row has a value of the paper's: then the metric has two columns, ours and the paper's. */
  readonly hasPaper: boolean;
}

/** A results file as an HTML table: a group a dataset, a row a system, and the paper's values beside ours. */
export function resultTable(experiment: AnyExperiment, result: ResultFile): Html {
  const columns = shownMetrics(experiment, result).map((metric) => ({
    metric,
    hasPaper: result.rows.some((row) => row.paper?.[metric] !== undefined),
  }));
  const datasets = [...new Set(result.rows.map(({ dataset }) => dataset))];
  const width = 2 + columns.reduce((sum, { hasPaper }) => sum + (hasPaper ? 2 : 1), 0);
  const hasTwoLines = columns.some(({ hasPaper }) => hasPaper);
  return html`<div class="scroll tall" tabindex="0" role="region" aria-label="${experiment.artefact}, table"><table>
<thead>${headRow(columns, hasTwoLines)}${hasTwoLines ? subheadRow(columns) : undefined}</thead>
${datasets.map((dataset) => datasetGroup(dataset, result, columns, width))}
</table></div>`;
}

function headRow(columns: readonly Column[], hasTwoLines: boolean): Html {
  const span = hasTwoLines ? 2 : 1;
  return html`<tr><th scope="col" rowspan="${span}">system</th>${columns.map(({ metric, hasPaper }) =>
    hasPaper
      ? html`<th scope="colgroup" colspan="2">${heading(metric)}</th>`
      : html`<th scope="col" rowspan="${span}" class="number">${heading(metric)}</th>`,
  )}<th scope="col" rowspan="${span}" class="number">time</th></tr>`;
}

function subheadRow(columns: readonly Column[]): Html {
  return html`<tr class="subhead">${columns
    .filter(({ hasPaper }) => hasPaper)
    .map(
      () => html`<th scope="col" class="number">ours</th><th scope="col" class="number paper">paper</th>`,
    )}</tr>`;
}

function heading(metric: MetricName): string {
  const { label, unit } = metricInfo[metric];
  return unit === "percent" ? `${label}, %` : label;
}

function datasetGroup(dataset: string, result: ResultFile, columns: readonly Column[], width: number): Html {
  const rows = result.rows.filter((row) => row.dataset === dataset);
  const synthetic = syntheticNames(result);
  const isSynthetic = rows.some((row) => row.data.some((name) => synthetic.has(name)));
  const best = new Map(columns.map(({ metric }) => [metric, bestOf(metric, rows)]));
  return html`<tbody><tr class="dataset"><th scope="rowgroup" colspan="${width}">${dataset}${
    isSynthetic ? html` <span class="badge synthetic">synthetic</span>` : undefined
  }</th></tr>
${rows.map((row) => systemRow(row, columns, best))}</tbody>`;
}

function systemRow(
  row: ResultRow,
  columns: readonly Column[],
  best: Map<MetricName, number | undefined>,
): Html {
  const cells = columns.map(({ metric, hasPaper }) => {
    const ours = row.metrics[metric];
    const isBest =
      ours !== undefined && ours.mean === best.get(metric) && (!isSpeed(metric) || findsEverything(row));
    const paper = row.paper?.[metric];
    return html`<td class="number" data-value="${ours === undefined ? "" : String(ours.mean)}">${ours === undefined ? "–" : estimateCell(metric, ours, isBest)}</td>${
      hasPaper
        ? html`<td class="number paper">${paper === undefined ? "" : formatPaper(metric, paper)}</td>`
        : undefined
    }`;
  });
  const failure =
    row.error === undefined
      ? undefined
      : html` <div class="error"><span class="badge failed">failed</span> ${row.error}</div>`;
  return html`<tr><th scope="row" data-value="${row.system}">${row.system}${failure}</th>${cells}<td class="number time" data-value="${String(row.seconds)}">${formatSeconds(row.seconds)}</td></tr>
`;
}

function estimateCell(metric: MetricName, estimate: Estimate, isBest: boolean): Html {
  const { mean, values } = estimate;
  const text = formatValue(metric, mean);
  const shown = isBest ? html`<b class="best">${text}</b>` : html`${text}`;
  const spread = formatSpread(metric, estimate);
  if (spread === undefined) return shown;
  const title = `seeds: ${values.map((value) => formatValue(metric, value)).join(", ")}`;
  return html`<span title="${title}">${shown}<span class="interval"> ${spread}</span></span>`;
}

/**
 * The best mean of a dataset's rows; none where a metric has no better side, or only one row has it. A time is a record only among
 * rows that find everything: a fast answer with half of the neighbours is no better one.
 */
function bestOf(metric: MetricName, rows: readonly ResultRow[]): number | undefined {
  const { better } = metricInfo[metric];
  const eligible = isSpeed(metric) ? rows.filter(findsEverything) : rows;
  const means = eligible.map((row) => row.metrics[metric]?.mean).filter((value) => value !== undefined);
  if (better === "neither" || means.length < 2) return undefined;
  return better === "higher" ? Math.max(...means) : Math.min(...means);
}

function isSpeed(metric: MetricName): boolean {
  const { unit } = metricInfo[metric];
  return unit === "ms" || unit === "ratio" || unit === "perSecond";
}

function findsEverything({ metrics }: ResultRow): boolean {
  const recall = metrics.recallAtK ?? metrics.recall10;
  return recall === undefined || recall.mean === 1;
}

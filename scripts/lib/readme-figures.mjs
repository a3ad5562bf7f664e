// Figures of the READMEs, written from the committed results files. Two kinds of marks, both HTML comments:
//
//   <!-- figure e2dtc/table3 | E2DTC | Porto | uacc | 3 -->.978<!-- /figure -->
//   <!-- table e2dtc/table3
//   systems: E2DTC; DTW + K-Medoids
//   datasets: Porto
//   metrics: uacc 3; nmi 3
//   -->
//   (a Markdown table)
//   <!-- /table -->
//
// A figure is experiment, system, dataset, metric and format, and where it is not the mean over seeds: `range`, `paper` or `seeds`.
// An experiment is at the standard preset unless it names one: `e2dtc/table3@quick`. A format is a number of decimals, with `%` or
// `ms` behind it where that is the unit. Without `systems` or `datasets` a table has all of them; `show: range paper` adds the range
// over the seeds and the paper's value to each cell. `across: datasets` (or `systems`) makes a column of each of them, with all metrics in a
// cell, joined by `join` (`/`). Systems and datasets may be shown under another name: `E2DTC = the network`.

import { markdownTable } from "./markdown-table.mjs";

/**
 * @param {string} text a README
 * @param {(experiment: string, preset: string) => any} results a results file's content
 * @returns {string} the README with every figure as the results have it
 */
export function withFigures(text, results) {
  return text
    .replace(
      /(<!-- figure ([^\n]*?) -->)(.*?)(<!-- \/figure -->)/g,
      (_, open, spec, _old, close) => open + figure(spec, results) + close,
    )
    .replace(
      /(<!-- table ([\s\S]*?)-->\n)([\s\S]*?)(<!-- \/table -->)/g,
      (_, open, spec, _old, close) => open + table(spec, results) + close,
    );
}

function figure(spec, results) {
  const parts = spec.split("|").map((part) => part.trim());
  const [experiment, system, dataset, metric, format, kind = "mean"] = parts;
  if (format === undefined) {
    throw new Error(`figure ${spec}: needs experiment | system | dataset | metric | format`);
  }
  const file = resultsOf(experiment, results);
  const row = file.rows.find((each) => each.system === system && each.dataset === dataset);
  if (row === undefined) throw new Error(`figure ${spec}: ${experiment} has no such row`);
  return shownValue(row, metric, format, kind, spec);
}

function table(spec, results) {
  const [experiment, ...lines] = spec.trim().split("\n");
  const options = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
    }),
  );
  const known = ["systems", "datasets", "metrics", "show", "across", "join"];
  const unknown = Object.keys(options).filter((key) => !known.includes(key));
  if (unknown.length > 0) throw new Error(`table ${experiment}: unknown line ${unknown[0]}`);
  const metrics = listed(options.metrics ?? "").map(({ name: text }) => {
    const [name, format, ...label] = text.split(/\s+/);
    if (format === undefined)
      throw new Error(`table ${experiment}: a metric needs a name and a format, got "${text}"`);
    return { name, format, label: label.length > 0 ? label.join(" ") : name };
  });
  const { rows } = resultsOf(experiment.trim(), results);
  const all = (key) => [...new Set(rows.map((row) => row[key]))].map((name) => ({ name, label: name }));
  const plan = {
    experiment: experiment.trim(),
    rows,
    systems: options.systems === undefined ? all("system") : listed(options.systems),
    datasets: options.datasets === undefined ? all("dataset") : listed(options.datasets),
    metrics,
    show: options.show?.split(/\s+/) ?? [],
    join: ` ${options.join ?? "/"} `,
  };
  if (options.across === undefined) return longTable(plan);
  if (options.across !== "datasets" && options.across !== "systems")
    throw new Error(`table ${experiment}: across must be datasets or systems, got ${options.across}`);
  return crossTable(plan, options.across);
}

/** `a; b = shown as`: names of the results, and how they are shown. */
function listed(text) {
  return text.split(";").map((part) => {
    const [name, label] = part.split(" = ").map((each) => each.trim());
    return { name, label: label ?? name };
  });
}

/** A line a row of the results, a column a metric. */
function longTable({ experiment, rows, systems, datasets, metrics, show }) {
  const shownRows = systems.flatMap(({ name, label }) => {
    const own = rows
      .filter(({ system }) => system === name)
      .flatMap((row) => {
        const dataset = datasets.find((each) => each.name === row.dataset);
        return dataset === undefined ? [] : [{ row, label, dataset: dataset.label }];
      });
    if (own.length === 0) throw new Error(`table ${experiment}: no row of ${name}`);
    return own;
  });
  const withDataset = new Set(shownRows.map(({ dataset }) => dataset)).size > 1;
  const cells = shownRows.map(({ row, label, dataset }) => [
    label,
    ...(withDataset ? [dataset] : []),
    ...metrics.map(({ name, format }) => cell(row, name, format, show)),
  ]);
  const head = ["system", ...(withDataset ? ["dataset"] : []), ...metrics.map(({ label }) => label)];
  return markdownTable(head, cells, withDataset ? 2 : 1);
}

/** A line a system, a column a dataset (or the other way round); each cell has all metrics. */
function crossTable({ experiment, rows, systems, datasets, metrics, show, join }, across) {
  const [down, over] = across === "datasets" ? [systems, datasets] : [datasets, systems];
  const cells = down.map((line) => [
    line.label,
    ...over.map((column) => {
      const [system, dataset] = across === "datasets" ? [line, column] : [column, line];
      const row = rows.find((each) => each.system === system.name && each.dataset === dataset.name);
      return row === undefined
        ? "–"
        : metrics.map(({ name, format }) => cell(row, name, format, show)).join(join);
    }),
  ]);
  for (const [i, line] of cells.entries()) {
    if (line.slice(1).every((each) => each === "–"))
      throw new Error(`table ${experiment}: no row of ${down[i].name}`);
  }
  return markdownTable(["", ...over.map(({ label }) => label)], cells, 1);
}

function cell(row, metric, format, show) {
  if (row.metrics[metric] === undefined) return "–";
  const parts = [shownValue(row, metric, format, "mean", metric)];
  if (show.includes("range") && row.metrics[metric].values.length > 1) {
    parts.push(`(${shownValue(row, metric, format, "range", metric)})`);
  }
  if (show.includes("paper") && row.paper?.[metric] !== undefined) {
    parts.push(`[${shownValue(row, metric, format, "paper", metric)}]`);
  }
  return parts.join(" ");
}

function shownValue(row, metric, format, kind, spec) {
  const estimate = row.metrics[metric];
  if (kind === "paper") {
    const printed = row.paper?.[metric];
    if (printed === undefined) throw new Error(`figure ${spec}: the paper prints no ${metric}`);
    return formatted(printed, format, spec);
  }
  if (estimate === undefined) throw new Error(`figure ${spec}: the row has no ${metric}`);
  if (kind === "seeds") return String(estimate.values.length);
  if (kind === "range") {
    const [low, high] = [Math.min(...estimate.values), Math.max(...estimate.values)];
    return `${formatted(low, format, spec, false)}–${formatted(high, format, spec)}`;
  }
  if (kind !== "mean") throw new Error(`figure ${spec}: ${kind} is not mean, range, paper or seeds`);
  return formatted(estimate.mean, format, spec);
}

/** `1%`: one decimal and a per cent sign; `3`: three decimals, no zero before the point; `2ms`: two decimals, milliseconds. */
function formatted(value, format, spec, withUnit = true) {
  const match = /^(\d)(%|ms|×)?$/.exec(format);
  if (match === null) throw new Error(`figure ${spec}: format must be like 3, 1%, 2ms or 0×, got ${format}`);
  const [, decimals, unit] = match;
  const number = value.toFixed(Number(decimals));
  if (unit === undefined) return number.replace(/^(-?)0\./, "$1.");
  return withUnit ? `${number} ${unit}` : number;
}

/** A value in a format, or a dash where there is none. */
export function shown(value, format) {
  return value === undefined || value === null ? "–" : formatted(value, format, `of ${value}`);
}

function resultsOf(experiment, results) {
  const [id, preset = "standard"] = experiment.split("@");
  return results(id, preset);
}

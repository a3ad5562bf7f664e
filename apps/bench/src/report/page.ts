import { formatSeconds } from "../results/format.js";
import type { ResultFile } from "../results/schema.js";
import type { ReportEntry, ReportResult } from "./entry.js";
import { figureMarkup } from "./figures.js";
import { Html, html } from "./html.js";
import { dataList, provenanceList } from "./provenance.js";
import { styleSheet } from "./style.js";
import { resultTable } from "./table.js";

/** The whole report as one HTML document, with its style and plots inside. */
export function renderReport(entries: readonly ReportEntry[], problems: readonly string[]): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Wayweave bench</title>
<style>${styleSheet}</style>
</head>
<body>
<header>
<h1>Wayweave bench</h1>
<p class="lead">The papers’ tables and figures beside our own measurements.</p>
${legend()}
${overview(entries)}
</header>
<main>
${problems.length === 0 ? undefined : problemList(problems)}
${entries.length === 0 ? html`<p>No results yet: <code>wayweave-bench run all</code> makes some.</p>` : undefined}
${entries.map(experimentSection)}
</main>
</body>
</html>
`;
  return page.markup;
}

function legend(): Html {
  return html`<p class="legend">Ours is the mean over seeds, <span class="interval">± the 95 % bootstrap interval of the mean</span>;
<span class="paper">the paper’s value</span> stands beside it where the paper prints one. The best of a dataset is <b class="best">bold</b>.
<span class="badge synthetic">synthetic</span> marks rows whose data was generated because the real set was not found.</p>`;
}

function overview(entries: readonly ReportEntry[]): Html {
  return html`<nav aria-label="Experiments"><ul class="overview">${entries.map(({ experiment, results }) => {
    const result = results[0]!;
    return html`<li><a href="#${experiment.id}"><span class="artefact">${experiment.artefact}</span>
<span class="title">${experiment.title}</span>
<span class="meta">${result.preset} · ${result.rows.length} rows · ${formatSeconds(result.provenance.seconds)} ${statusBadges(result)}</span></a></li>`;
  })}</ul></nav>`;
}

function experimentSection({ experiment, results }: ReportEntry): Html {
  const [first, ...others] = results;
  return html`<section id="${experiment.id}">
<h2>${experiment.artefact}</h2>
<p class="subtitle">${experiment.title} <code>${experiment.id}</code></p>
${resultBlock({ experiment, results }, first!)}
${experiment.notes.length === 0 ? undefined : html`<ul class="notes">${experiment.notes.map((note) => html`<li>${note}</li>`)}</ul>`}
${others.map(
  (result) => html`<details class="other"><summary>The same at the ${result.preset} preset</summary>
${resultBlock({ experiment, results }, result)}</details>`,
)}
</section>`;
}

function resultBlock({ experiment }: ReportEntry, result: ReportResult): Html {
  const { seeds } = result.provenance;
  const figures = (experiment.figures ?? []).map((figure) => figureMarkup(figure, result));
  return html`<p class="run"><span class="badge preset">${result.preset}</span> ${statusBadges(result)}
${seeds.length === 1 ? "seed" : "seeds"} ${seeds.join(", ")} · ${formatSeconds(result.provenance.seconds)} in all · ${result.provenance.startedAt.slice(0, 10)}</p>
${dataList(result)}
${resultTable(experiment, result)}
${figures}
${result.drawings.map(
  ({ title, svg }) => html`<figure><figcaption>${title}</figcaption>
<div class="scroll">${new Html(svg)}</div></figure>`,
)}
${provenanceList(result)}`;
}

function statusBadges(result: ResultFile): Html[] {
  const badges: Html[] = [];
  if (result.data.some(({ source }) => source === "synthetic"))
    badges.push(html`<span class="badge synthetic">synthetic</span> `);
  const failed = result.rows.filter(({ error }) => error !== undefined).length;
  if (failed > 0) badges.push(html`<span class="badge failed">${failed} failed</span> `);
  if (!result.provenance.complete) badges.push(html`<span class="badge failed">incomplete</span> `);
  return badges;
}

function problemList(problems: readonly string[]): Html {
  return html`<aside class="problems"><h2>Results that could not be shown</h2>
<ul>${problems.map((problem) => html`<li>${problem}</li>`)}</ul></aside>`;
}

import { formatSeconds, spreadLegend } from "../results/format.js";
import type { ResultFile } from "../results/schema.js";
import type { ReportEntry, ReportResult } from "./entry.js";
import { figureMarkup, type SeriesColors, seriesColors } from "./figures.js";
import { Html, html } from "./html.js";
import { dataList, provenanceList } from "./provenance.js";
import { sortingScript } from "./sorting-script.js";
import { styleSheet } from "./style.js";
import { resultTable } from "./table.js";

/** The whole report as one HTML document, with its style and plots inside. */
export function renderReport(entries: readonly ReportEntry[], problems: readonly string[]): string {
  const colors = seriesColors(
    entries.flatMap(({ experiment, results }) =>
      results.flatMap((result) => (experiment.figures ?? []).map((figure) => ({ figure, result }))),
    ),
  );
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Wayweave bench</title>
<style>${styleSheet}</style>
</head>
<body id="top">
<header>
<h1>Wayweave bench</h1>
<p class="lead">The papers’ tables and figures beside our own measurements.</p>
${legend()}
${overview(entries)}
</header>
<main>
${problems.length === 0 ? undefined : problemList(problems)}
${entries.length === 0 ? html`<p>No results yet: <code>wayweave-bench run all</code> makes some.</p>` : undefined}
${entries.map((entry) => experimentSection(entry, colors))}
</main>
<a class="top" href="#top">top</a>
<script>${sortingScript}</script>
</body>
</html>
`;
  return page.markup;
}

function legend(): Html {
  return html`<p class="legend">Ours is the mean over seeds; <span class="interval">${spreadLegend}</span>;
<span class="paper">the paper’s value</span> stands beside it where the paper prints one. The best of a dataset is <b class="best">bold</b>; times compete only where nothing is missed.
<span class="badge synthetic">synthetic</span> marks rows whose data was generated because the real set was not found.</p>`;
}

/** A table of contents, by paper. */
function overview(entries: readonly ReportEntry[]): Html {
  const papers = [...new Set(entries.map(({ experiment }) => paperOf(experiment.id)))];
  return html`<nav aria-label="Experiments">${papers.map(
    (paper) => html`<h2 class="overview-paper">${paperTitles[paper] ?? paper}</h2>
<ul class="overview">${entries.filter(({ experiment }) => paperOf(experiment.id) === paper).map(overviewItem)}</ul>`,
  )}</nav>`;
}

const paperTitles: Readonly<Record<string, string>> = {
  e2dtc: "E2DTC: trips in clusters",
  "gmr-tree": "GMR-Tree: near and alike",
  trajcross: "TrajCross: trajectories and pictures",
  nn: "Engines",
  cosmat: "CoSMat: texts, images and places",
};

function paperOf(id: string): string {
  return id.slice(0, id.indexOf("/"));
}

function overviewItem({ experiment, results }: ReportEntry): Html {
  const result = results[0]!;
  return html`<li><a href="#${experiment.id}"><span class="artefact">${experiment.artefact}</span>
<span class="title">${experiment.title}</span>
<span class="meta">${result.preset} · ${result.rows.length} rows · ${formatSeconds(result.provenance.seconds)} ${statusBadges(result)}</span></a></li>`;
}

/** A note's `code` as code. */
function noteMarkup(note: string): Html {
  const parts = note.split("`");
  return html`<li>${parts.map((part, i) => (i % 2 === 1 ? html`<code>${part}</code>` : html`${part}`))}</li>`;
}

function experimentSection({ experiment, results }: ReportEntry, colors: SeriesColors): Html {
  const [first, ...others] = results;
  return html`<section id="${experiment.id}">
<h2>${experiment.artefact}</h2>
<p class="subtitle">${experiment.title} <code>${experiment.id}</code></p>
${resultBlock({ experiment, results }, first!, colors)}
${experiment.notes.length === 0 ? undefined : html`<ul class="notes">${experiment.notes.map(noteMarkup)}</ul>`}
${others.map(
  (result) => html`<details class="other"><summary>The same at the ${result.preset} preset</summary>
${resultBlock({ experiment, results }, result, colors)}</details>`,
)}
</section>`;
}

function resultBlock({ experiment }: ReportEntry, result: ReportResult, colors: SeriesColors): Html {
  const { seeds } = result.provenance;
  const figures = (experiment.figures ?? []).map((figure) => figureMarkup(figure, result, colors));
  return html`<p class="run"><span class="badge preset">${result.preset}</span> ${statusBadges(result)}
${seeds.length === 1 ? "seed" : "seeds"} ${seeds.join(", ")} · ${formatSeconds(result.provenance.seconds)} in all · ${result.provenance.startedAt.slice(0, 10)}</p>
${dataList(result)}
${resultTable(experiment, result)}
${figures}
${result.drawings.map(
  ({ title, svg }) => html`<figure><figcaption>${title}</figcaption>
<div class="scroll" tabindex="0" role="region" aria-label="${title}">${new Html(svg)}</div></figure>`,
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

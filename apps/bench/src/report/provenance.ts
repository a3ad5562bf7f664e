import { formatSeconds } from "../results/format.js";
import type { ResultFile } from "../results/schema.js";
import { type Html, html } from "./html.js";

/** Where the data came from: a line a dataset, always in sight. */
export function dataList({ data }: ResultFile): Html | undefined {
  if (data.length === 0) return undefined;
  return html`<ul class="data">${data.map((entry) => {
    const counts = Object.entries(entry.counts).map(
      ([what, count]) => `${count.toLocaleString("en")} ${what}`,
    );
    const details = [...(entry.files.length === 0 ? [] : [entry.files.join(", ")]), ...counts];
    return html`<li><span class="badge ${entry.source}">${entry.source}</span> <b>${entry.name}</b>
<span class="details">${details.join(" · ")}</span></li>`;
  })}</ul>`;
}

/** All that it takes to repeat the run, folded away. */
export function provenanceList({ data, parameters, provenance }: ResultFile): Html {
  const { machine, versions } = provenance;
  const facts: (readonly [string, string])[] = [
    ["commit", provenance.commit ?? "not in a checkout"],
    ["started", provenance.startedAt],
    ...(provenance.earlier ?? []).map(
      ({ runs, commit, machine }) =>
        [
          "taken from earlier runs",
          `${runs} of commit ${commit ?? "unknown"}, ${machine.cpu}, ${machine.cores} cores`,
        ] as const,
    ),
    ["took", `${formatSeconds(provenance.seconds)}, all rows and seeds together`],
    ["memory", `${provenance.peakMemoryMiB.toLocaleString("en")} MiB at most`],
    ["seeds", provenance.seeds.join(", ")],
    ["engine", provenance.engine],
    ["machine", `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.platform}`],
    [
      "versions",
      Object.entries(versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(", "),
    ],
    ["parameters", JSON.stringify(parameters)],
    ...data.flatMap(({ files, sha256 }) =>
      files.map((file, i) => [`sha256 of ${file}`, sha256[i] ?? ""] as const),
    ),
  ];
  return html`<details class="provenance"><summary>Provenance</summary>
<dl>${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl></details>`;
}

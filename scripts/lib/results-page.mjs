// The page of all tables and figures of the papers: what is claimed, what came out, a verdict. Written from the committed results.
import { claims, missing } from "./claims.mjs";
import { shown } from "./readme-figures.mjs";

/**
 * @param {(experiment: string, preset: string) => any} results a results file's content; undefined where it is not committed
 * @param {string[]} experiments ids of all committed results
 * @returns {string} docs/results.md
 */
export function resultsPage(results, experiments) {
  const artefacts = [...new Set(claims.map(({ artefact }) => artefact))];
  const sections = artefacts.map((artefact) => {
    const own = claims.filter((claim) => claim.artefact === artefact);
    return `## ${artefact}\n\n${own.map((claim) => claimSection(claim, results)).join("\n\n")}`;
  });
  return `${head}\n\n${summary(results)}\n\n${sections.join("\n\n")}\n\n${missingSection()}\n\n${filesSection(results, experiments)}\n`;
}

const head = `# Results: what holds

Every table and figure of the three papers that is a claim, beside what came out here. This page is written by \`pnpm results-page\` from the
committed results files, and \`pnpm lint\` fails where it differs. A claim *holds* on a data set where the system is better than every other
row that it names, by the mean over seeds. One seed is one run: a small difference may turn with another. The report (\`npm run bench -- report\`,
and on the site) has all rows, intervals and notes; \`npm run bench -- verify\` computes the metrics again from the raw outputs.`;

function summary(results) {
  const lines = claims.map((claim) => {
    const verdicts = rowsOf(claim, results).map(({ holds }) => holds);
    const held = verdicts.filter(Boolean).length;
    return `| ${claim.artefact} | ${claim.claim} | ${verdictOf(held, verdicts.length, claim)} |`;
  });
  return ["| table or figure | claim | here |", "|---|---|---|", ...lines].join("\n");
}

function verdictOf(held, total, { notComparable }) {
  if (total === 0) return "not run";
  const verdict =
    held === total
      ? `holds (${held} of ${total})`
      : held === 0
        ? `does not hold (0 of ${total})`
        : `holds on ${held} of ${total}`;
  return notComparable === undefined ? verdict : `${verdict}; figures not comparable`;
}

function claimSection(claim, results) {
  const rows = rowsOf(claim, results);
  const { provenance, data } = results(claim.experiment, "standard");
  const seeds = seedsOf(claim, results, provenance.seeds.length);
  const { also } = claim;
  const origins = [...new Set(data.map(({ name, source }) => `${name}: ${source}`))].join("; ");
  const table = [
    `| data | ${claim.system} |${also === undefined ? "" : ` ${also.label} |`} best other | the paper: ${claim.system} | the paper: best other | verdict |`,
    `|---|---|${also === undefined ? "" : "---|"}---|---|---|---|`,
    ...rows.map(
      ({ dataset, ours, further, other, paper, otherPaper, holds }) =>
        `| ${dataset} | ${shown(ours, claim.format)} |${also === undefined ? "" : ` ${shown(further, also.format)} |`} ${shown(other.value, claim.format)} (${other.system}) | ${shown(paper, claim.format)} | ${shown(otherPaper, claim.format)} | ${holds ? "holds" : "does not hold"} |`,
    ),
  ];
  return [
    `**${claim.claim[0].toUpperCase()}${claim.claim.slice(1)}** (\`${claim.metric}\`, ${claim.better} is better; \`${claim.experiment}\`${claim.othersOf ? ` and \`${claim.othersOf}\`` : ""}, ${seeds}; ${origins}).${claim.notComparable ? ` Not comparable with the paper's figures: ${claim.notComparable}.` : ""}`,
    table.join("\n"),
  ].join("\n\n");
}

/** How many seeds the rows have; both numbers where the others' experiment has other ones. */
function seedsOf({ experiment, othersOf }, results, own) {
  const textOf = (count) => `${count} ${count === 1 ? "seed" : "seeds"}`;
  if (othersOf === undefined) return textOf(own);
  const theirs = results(othersOf, "standard").provenance.seeds.length;
  return theirs === own
    ? textOf(own)
    : `${textOf(own)} of \`${experiment}\`, ${textOf(theirs)} of \`${othersOf}\``;
}

/** A claim on each data set that has its rows. */
function rowsOf(claim, results) {
  const own = results(claim.experiment, "standard").rows;
  const others = results(claim.othersOf ?? claim.experiment, "standard").rows;
  const matches = (patterns, text) =>
    patterns.some((pattern) => (typeof pattern === "string" ? pattern === text : pattern.test(text)));
  const sign = claim.better === "higher" ? 1 : -1;
  const found = own
    .filter(
      ({ system, dataset }) =>
        system === claim.system && (claim.datasets === undefined || matches(claim.datasets, dataset)),
    )
    .flatMap((row) => {
      const rivals = others.filter(
        ({ system, dataset, metrics }) =>
          dataset === row.dataset && matches(claim.others, system) && metrics[claim.metric] !== undefined,
      );
      const ours = row.metrics[claim.metric]?.mean;
      if (rivals.length === 0 || ours === undefined) return [];
      const value = (rival) => rival.metrics[claim.metric].mean;
      const best = rivals.reduce((a, b) => (sign * value(b) > sign * value(a) ? b : a));
      const papers = rivals.map(({ paper }) => paper?.[claim.metric]).filter((each) => each !== undefined);
      return [
        {
          dataset: row.dataset,
          ours,
          further: claim.also === undefined ? undefined : row.metrics[claim.also.metric]?.mean,
          other: { system: best.system, value: value(best) },
          paper: row.paper?.[claim.metric],
          otherPaper: papers.length === 0 ? undefined : sign * Math.max(...papers.map((each) => sign * each)),
          holds: sign * ours > sign * value(best),
        },
      ];
    });
  if (found.length === 0) {
    throw new Error(
      `${claim.artefact}: ${claim.experiment} has no row of ${claim.system} beside ${claim.others.join(", ")}; mend scripts/lib/claims.mjs`,
    );
  }
  return found;
}

function missingSection() {
  return [
    "## Not shown",
    "",
    "| table or figure | experiment | why |",
    "|---|---|---|",
    ...missing.map(([artefact, experiment, why]) => `| ${artefact} | \`${experiment}\` | ${why} |`),
  ].join("\n");
}

function filesSection(results, experiments) {
  const rows = experiments.map((id) => {
    const { rows, provenance, data } = results(id, "standard");
    const sources = [...new Set(data.map(({ source }) => source))].sort().join(", ");
    return `| \`${id}\` | ${rows.length} | ${provenance.seeds.length} | ${sources || "none"} | ${provenance.engine} | ${provenance.startedAt.slice(0, 10)} |`;
  });
  return [
    "## All committed results",
    "",
    "`npm run bench -- list` says which are older than the code.",
    "",
    "| experiment | rows | seeds | data | engine | newest run |",
    "|---|---|---|---|---|---|",
    ...rows,
  ].join("\n");
}

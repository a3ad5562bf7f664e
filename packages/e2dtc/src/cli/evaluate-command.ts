import { checkThere, isSamePlace, prepareOutputs, type ReadingFlags } from "@wayweave/cli";
import { adjustedMutualInformation, adjustedRandIndex, nmi, purity, randIndex, uacc } from "@wayweave/eval";
import { ValueError } from "@wayweave/geo-core";
import { readLabels } from "./label-table.js";

export interface EvaluateFlags extends ReadingFlags {
  readonly labels: string;
  readonly truth?: string;
  readonly truthLabels: string;
  readonly id: string;
  /** Ids in the truth; those of `id` where it is left out. */
  readonly truthId?: string;
  readonly json?: true;
}

/** `evaluate`: how well labels agree with the truth. */
export async function evaluate(file: string, flags: EvaluateFlags, signal: AbortSignal): Promise<void> {
  const { labels, truth = file, truthLabels, id, truthId = id, json, skipReport, ...reading } = flags;
  await prepareOutputs(
    { "--skip-report": skipReport },
    { "the labelled trips": file, "--truth": flags.truth },
  );
  await checkThere(file);
  await checkThere(truth);
  if (labels === truthLabels && (await isSamePlace(file, truth))) {
    throw new ValueError(
      `--truth-labels must be another column than --labels (${labels}) of the same file, got ${truthLabels}`,
    );
  }
  const found = await readLabels(
    file,
    { label: labels, id, options: { label: "--labels", id: "--id" } },
    flags,
    signal,
  );
  const right = await readLabels(
    truth,
    { label: truthLabels, id: truthId, options: { label: "--truth-labels", id: "--truth-id" } },
    // The report is of the labelled trips.
    reading,
    signal,
  );
  const ids = [...found.keys()].filter((each) => right.has(each));
  if (ids.length === 0) {
    throw new ValueError(
      `--truth must hold labels of trips in ${file}, got none by their ids (--id names the column of ids, --truth-id that of --truth)`,
    );
  }
  const scores = scoresOf(
    ids.map((each) => right.get(each)!),
    ids.map((each) => found.get(each)!),
  );
  const counts = {
    trips: ids.length,
    withoutTruth: found.size - ids.length,
    withoutLabel: right.size - ids.length,
    outliers: ids.filter((each) => found.get(each) === "-1").length,
  };
  process.stdout.write(json ? `${JSON.stringify({ ...counts, ...scores })}\n` : text(counts, scores));
}

/** Measures of agreement; −1 is a cluster as any other. */
function scoresOf(truth: readonly string[], labels: readonly string[]): Record<string, number> {
  const [a, b] = [numbered(truth), numbered(labels)];
  return {
    uacc: uacc(a, b),
    nmi: nmi(a, b),
    ari: adjustedRandIndex(a, b),
    ri: randIndex(a, b),
    ami: adjustedMutualInformation(a, b),
    purity: purity(a, b),
  };
}

function numbered(labels: readonly string[]): Int32Array {
  const numbers = new Map<string, number>();
  return Int32Array.from(labels, (label) => {
    const known = numbers.get(label) ?? numbers.size;
    numbers.set(label, known);
    return known;
  });
}

function text(counts: Readonly<Record<string, number>>, scores: Readonly<Record<string, number>>): string {
  const lines = Object.entries(scores).map(
    ([name, value]) => `${name.toUpperCase().padEnd(7)} ${value.toFixed(4)}`,
  );
  const { trips, withoutTruth, withoutLabel, outliers } = counts;
  const left = [
    ...(withoutTruth === 0 ? [] : [`${withoutTruth} labelled trips have no truth`]),
    ...(withoutLabel === 0 ? [] : [`${withoutLabel} trips of the truth have no label`]),
    ...(outliers === 0 ? [] : [`${outliers} trips have the label -1, counted as a cluster of its own`]),
  ];
  return `${trips} trips compared\n${lines.join("\n")}\n${left.map((line) => `${line}\n`).join("")}`;
}

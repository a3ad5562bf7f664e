import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { loadTinyImageNet } from "../src/datasets/tiny-imagenet.js";
import sentences from "../src/datasets/tiny-imagenet-texts.json" with { type: "json" };
import { loadWebNews } from "../src/datasets/web-news.js";
import { figure8 } from "../src/experiments/cosmat/figure8.js";
import { figure9 } from "../src/experiments/cosmat/figure9.js";
import { figure10 } from "../src/experiments/cosmat/figure10.js";
import { figure11 } from "../src/experiments/cosmat/figure11.js";
import { kt2iq } from "../src/experiments/cosmat/kt2iq.js";
import { classShares } from "../src/experiments/cosmat/systems/confusion.js";
import { webNews } from "../src/experiments/cosmat/web-news.js";
import type { AnyExperiment, RowOutput } from "../src/experiments/experiment.js";
import { syntheticContext } from "./synthetic-context.js";

/** One for all: features and models of a corpus are made once, whichever experiment asks first. */
const context = syntheticContext();
const corpus = { train: 120, test: 60, topics: 10, words: 16, step: 16 };
/** Of each of 20 classes. */
const photosAClass = { ...corpus, train: 20, test: 12 };
const sizes = { sizes: [400], size: 400, ks: [3], queries: 10 };

async function runAll(
  experiment: AnyExperiment,
  parameters: Record<string, unknown>,
): Promise<RowOutput<Record<string, unknown>>[]> {
  const outputs: RowOutput<Record<string, unknown>>[] = [];
  for (const { run, ...row } of experiment.rows({ preset: "quick", parameters })) {
    outputs.push({ ...row, seed: 1, raw: experiment.rawSchema.parse(await run(context)) });
  }
  return outputs;
}

function parse(svg: string) {
  return parseHTML(`<body>${svg}</body>`).document.querySelector("svg")!;
}

describe("classShares", () => {
  it("gives the classes of the first results, by the query's class", () => {
    // Two texts, two images, one a class; text 0 finds both images, in the order 0, 1: half and half within the first ten.
    const raw = {
      dimensions: 2,
      images: Float32Array.of(1, 0, 0, 1),
      texts: Float32Array.of(1, 0, 0, 1),
      labels: Uint32Array.of(0, 1),
      classes: ["a", "b"],
    };
    expect([...classShares(raw, "t2i")]).toEqual([0.5, 0.5, 0.5, 0.5]);
    // Ten images of class b nearer than that of class a: nothing else is among the first ten.
    const many = {
      dimensions: 2,
      images: Float32Array.from({ length: 22 }, (_, i) => (i < 2 ? i % 2 : (i + 1) % 2)),
      texts: Float32Array.from({ length: 22 }, (_, i) => (i + 1) % 2),
      labels: Uint32Array.from({ length: 11 }, (_, i) => Math.min(i, 1)),
      classes: ["a", "b", "c"],
    };
    expect([...classShares(many, "t2i")]).toEqual([0, 1, 0, 0, 1, 0, 0, 0, 0]);
  });
});

describe.each([
  ["cosmat/figure10", figure10, corpus],
  ["cosmat/figure11", figure11, photosAClass],
])("%s", (_, experiment, size) => {
  it("has a matrix for each of the seven systems", async () => {
    const outputs = await runAll(experiment, size);
    expect(outputs).toHaveLength(7);
    for (const { raw } of outputs) {
      const { t2iPrecision10, t2iBestClass } = experiment.score(raw);
      expect(t2iBestClass).toBeGreaterThanOrEqual(t2iPrecision10!);
      expect(t2iBestClass).toBeGreaterThan(0.2);
    }
    const pictures = experiment.pictures!(outputs);
    expect(pictures).toHaveLength(7);
    const classes = (outputs[0]!.raw.classes as string[]).length;
    expect(parse(pictures[0]!.svg).querySelectorAll("rect")).toHaveLength(classes ** 2);
  });
});

describe.each([
  ["cosmat/figure8", figure8],
  ["cosmat/figure9", figure9],
])("%s", (_, experiment) => {
  it("finds all that brute force finds, but by kGMCMS and over-fetching", async () => {
    const outputs = await runAll(experiment, { ...corpus, ...sizes });
    expect(new Set(outputs.map(({ dataset }) => dataset))).toEqual(new Set(["N 0.4k, k 10", "N 0.4k, k 3"]));
    for (const { system, raw } of outputs) {
      const { recallAtK, medianMs } = experiment.score(raw);
      expect(medianMs).toBeGreaterThan(0);
      if (/\+ (GMR-Tree|R-Tree|brute force)$/.test(system)) expect(recallAtK).toBeCloseTo(1, 1);
      else expect(recallAtK).toBeGreaterThan(0);
    }
  });
});

describe("cosmat/kt2iq", () => {
  it("answers from raw texts and photos, and draws sheets with maps", async () => {
    const outputs = await runAll(kt2iq, { train: 120, test: 60, topics: 10, objects: 120, queries: 20 });
    const scores = Object.fromEntries(outputs.map(({ system, raw }) => [system, kt2iq.score(raw)]));
    // Chance is a tenth; places, which count as much as meaning, are random.
    expect(scores["kT2IQ: whole query"]!.t2iPrecision10).toBeGreaterThan(0.1);
    expect(scores["kI2TQ: whole query"]!.i2tPrecision10).toBeGreaterThan(0.1);
    const pictures = kt2iq.pictures!(outputs);
    expect(pictures.map(({ title }) => title)).toEqual(["Photos for texts", "Texts for photos"]);
    // Four queries of six answers each: a tile and a dot for each answer.
    const sheet = parse(pictures[0]!.svg);
    expect(sheet.querySelectorAll("image")).toHaveLength(24);
    expect(sheet.querySelectorAll("circle[r='8']")).toHaveLength(24);
    expect(sheet.querySelectorAll("circle[r='11']")).toHaveLength(4);
  });
});

describe("the texts of tiny-imagenet", () => {
  it("are eight different sentences for each of 20 classes", async () => {
    expect(Object.keys(sentences)).toHaveLength(20);
    const all = Object.values(sentences).flat();
    expect(new Set(all).size).toBe(20 * 8);
    expect((await loadTinyImageNet(context, { train: 1, test: 1 })).provenance.source).toBe("synthetic");
  });
});

describe("cosmat/web-news", () => {
  const rows = webNews.rows({ preset: "quick", parameters: corpus });

  it("says that its made-up pairs are synthetic", async () => {
    expect((await loadWebNews(context, corpus)).provenance.source).toBe("synthetic");
  });

  it.each(rows.map((row) => [row.system, row] as const))("%s finds what belongs together", async (_, row) => {
    const { t2iMap, i2tMap } = webNews.score(await row.run(context));
    // Chance is a little over a tenth: ten classes.
    expect(Math.min(t2iMap!, i2tMap!)).toBeGreaterThan(0.2);
  });

  it("trains AlexNet where the preset says how, and puts it last", async () => {
    const alexNet = {
      width: 1 / 16,
      pretraining: { photosAClass: 1, epochs: 1 },
      fineTuning: { epochs: 1 },
      batchSize: 8,
    };
    const withAlexNet = webNews.rows({ preset: "standard", parameters: { ...corpus, alexNet } });
    expect(withAlexNet.map(({ system }) => system)).toEqual([
      ...rows.map(({ system }) => system),
      "SM, AlexNet × LDA topics, cosine",
      "SM, AlexNet × LDA topics, centred cosine",
      "DeCoSReS, AlexNet × LDA topics, cosine",
      "DeCoSReS, AlexNet × LDA topics, centred cosine",
    ]);
    const raw = await withAlexNet.at(-1)!.run(context);
    // A few minutes' training would tell the classes apart; these seconds need not.
    expect(webNews.score(raw).t2iMap).toBeGreaterThan(0.08);
  });
});

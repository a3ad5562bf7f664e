import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CorrProj, CoSMat, similarities, TxtNet } from "@wayweave/cosmat";
import * as vite from "vite";
import { describe, expect, it } from "vitest";
import { findChromium, outcomeOf, serving } from "./browser.js";
import { fixtures, inFreshFolder } from "./run.js";

const found = findChromium();

/** What the page computes, from files that Node has written. */
interface Outcome {
  readonly topics: readonly number[];
  readonly correlations: readonly number[];
  readonly projected: readonly number[];
  readonly similarities: readonly number[];
  readonly node: string;
}

const texts = Array.from({ length: 12 }, (_, i) =>
  i % 2 === 0 ? "waves and surf at the beach" : "old church tower in the town",
);
/** Shares of blue and grey: a sea, a church, a sea, … */
const images = {
  rows: texts.length,
  columns: 2,
  data: texts.flatMap((_, i) => (i % 2 === 0 ? [0.8 + i / 100, 0.2] : [0.1, 0.7 - i / 100])),
};
const queries = ["surf on the beach", "a church"];

/** What is fitted here, and what it says: the page must say the same. */
async function fitted() {
  const net = await TxtNet.fit(texts, { lda: { topics: 2, seed: 1, passes: 20 } });
  const topicsOf = (list: readonly string[]) => ({
    rows: list.length,
    columns: 2,
    data: net.transform(list),
  });
  const topics = topicsOf(texts);
  const floats = { ...images, data: Float64Array.from(images.data) };
  const model = await CoSMat.fit(
    { images: floats, texts: topics, labels: texts.map((_, i) => i % 2) },
    { corrProj: { components: 1, ridge: 0.1 }, tune: false },
  );
  const projection = CorrProj.fit(floats, topics, { components: 1, ridge: 0.1 });
  const expected: Outcome = {
    topics: [...topics.data],
    correlations: [...projection.correlations],
    projected: [...projection.projectTexts(topics).data],
    similarities: [
      ...similarities(model.embedText(topicsOf(queries)), model.embedImage(floats), "centeredCosine").data,
    ],
    node: "undefined",
  };
  return { net, model, expected };
}

async function bundle(out: string): Promise<void> {
  await inFreshFolder(async (root) => {
    const script = `<script type="module" src="${join(fixtures, "cosmat-page.js")}"></script>`;
    await writeFile(
      join(root, "index.html"),
      `<!doctype html><meta charset="utf-8"><title>cosmat</title>${script}`,
    );
    await vite.build({
      root,
      configFile: false,
      logLevel: "error",
      base: "./",
      build: { outDir: out, emptyOutDir: true, target: "es2022", modulePreload: false },
    });
  });
}

describe.skipIf(found === undefined)("cosmat's browser entry bundled by vite, in Chromium", () => {
  it("reads models that Node has fitted, fits CorrProj, and says what Node says", async () => {
    const { net, model, expected } = await fitted();
    const outcome = await inFreshFolder(async (out) => {
      await bundle(out);
      await mkdir(out, { recursive: true });
      await writeFile(join(out, "txt-net.safetensors"), net.toBytes());
      await writeFile(join(out, "model.safetensors"), model.toBytes());
      await writeFile(join(out, "input.json"), JSON.stringify({ texts, images, queries }));
      return serving(out, {}, (origin) => outcomeOf(found!, `${origin}/`));
    });
    expect(outcome).not.toHaveProperty("error");
    const page = outcome as Outcome;
    expect(page.node).toBe("undefined");
    for (const name of ["topics", "correlations", "projected", "similarities"] as const) {
      expect(page[name]).toHaveLength(expected[name].length);
      page[name].forEach((value, i) => {
        expect(value, `${name}[${i}]`).toBeCloseTo(expected[name][i]!, 9);
      });
    }
    // The sea is found by surf, the church by its name.
    expect(page.similarities[0]).toBeGreaterThan(page.similarities[1]!);
    expect(page.similarities[texts.length + 1]).toBeGreaterThan(page.similarities[texts.length]!);
  });
});

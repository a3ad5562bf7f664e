import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { defineExperiment } from "../src/experiments/experiment.js";
import type { ReportResult } from "../src/report/entry.js";
import { renderReport } from "../src/report/page.js";
import { bare } from "./fixtures/tiny-parts.mjs";

const experiment = defineExperiment({
  ...bare,
  id: "paper/table1",
  title: "A < B & C",
  artefact: "Paper, Table I",
  notes: ["<script>alert(1)</script>"],
  metrics: ["nmi", "medianMs"],
  rawSchema: z.object({}),
  rows: () => [],
  score: () => ({}),
  figures: [
    { title: "NMI", kind: "bars", metric: "nmi", x: "system", series: "system", facet: "dataset" },
    { title: "Time", kind: "lines", metric: "medianMs", x: "objects", series: "system", logX: true },
  ],
});

const estimate = (mean: number) => ({
  mean,
  low: mean - 0.1,
  high: mean + 0.05,
  values: [mean - 0.1, mean + 0.1],
});

const result: ReportResult = {
  schemaVersion: 1,
  experiment: "paper/table1",
  preset: "quick",
  parameters: { size: 3 },
  data: [
    { name: "City", source: "synthetic", files: [], sha256: [], counts: { trips: 1200 } },
    { name: "Town", source: "real", files: ["town.csv"], sha256: ["ab".repeat(32)], counts: {} },
  ],
  rows: [
    {
      system: "A",
      dataset: "City",
      parameters: { objects: 10 },
      data: ["City"],
      metrics: { nmi: estimate(0.5), medianMs: estimate(20) },
      paper: { nmi: 0.8 },
      seconds: 75,
    },
    {
      system: "B",
      dataset: "City",
      parameters: { objects: 100 },
      data: ["City"],
      metrics: { nmi: estimate(0.6), medianMs: estimate(10) },
      paper: null,
      seconds: 0.25,
    },
    {
      system: "C",
      dataset: "Town",
      data: ["Town"],
      metrics: {},
      paper: null,
      seconds: 0,
      error: "out of <memory>",
    },
  ],
  drawings: [],
  provenance: {
    seeds: [1, 2],
    engine: "javascript",
    versions: { node: "20.19.0" },
    machine: { platform: "linux x64", cpu: "a CPU", cores: 2, memoryGiB: 24 },
    commit: null,
    startedAt: "2026-01-02T03:04:05.000Z",
    seconds: 75.25,
    peakMemoryMiB: 300,
    complete: true,
  },
};

function render(results: readonly ReportResult[] = [result], problems: readonly string[] = []) {
  const page = renderReport(results.length === 0 ? [] : [{ experiment, results }], problems);
  return { page, document: parseHTML(page).document };
}

const textOf = (element: { readonly textContent: string | null } | null | undefined) =>
  element?.textContent?.replace(/\s+/g, " ").trim();

describe("renderReport", () => {
  it("groups the rows by dataset and sets the paper's value beside ours", () => {
    const { document } = render();
    const rows = [...document.querySelectorAll("table tr")].map((row) =>
      [...row.querySelectorAll("th, td")].map(textOf),
    );
    expect(rows).toEqual([
      ["system", "NMI", "median", "time"],
      ["ours", "paper"],
      ["City synthetic"],
      ["A", "0.500 (0.400–0.600)", "0.8", "20 ms (19.9–20.1)", "1 min 15 s"],
      ["B", "0.600 (0.500–0.700)", "", "10 ms (9.9–10.1)", "250 ms"],
      ["Town"],
      ["C failed out of <memory>", "–", "", "–", "0 ms"],
    ]);
  });

  it("makes the best of each dataset bold: the higher NMI, the lower time", () => {
    const { document } = render();
    expect([...document.querySelectorAll("tbody .best")].map(textOf)).toEqual(["0.600", "10 ms"]);
  });

  it("says which data is real and which is synthetic, and of which files", () => {
    const { document } = render();
    expect([...document.querySelectorAll(".data li")].map(textOf)).toEqual([
      "synthetic City 1,200 trips",
      "real Town town.csv",
    ]);
    expect(textOf(document.querySelector(".provenance"))).toContain(`sha256 of town.csv${"ab".repeat(32)}`);
  });

  it("draws a plot for every figure: two bars, two points", () => {
    const { document } = render();
    expect(document.querySelectorAll("figure").length).toBe(2);
    const [bars, lines] = [...document.querySelectorAll("figure svg")];
    expect(bars?.querySelectorAll("g[aria-label=bar] rect, g[aria-label=bar] path").length).toBe(2);
    expect(lines?.querySelectorAll("g[aria-label=dot] circle").length).toBe(2);
  });

  it("gives a system one colour in all figures, and others to others", () => {
    const { document } = render();
    const colors = [...document.querySelectorAll("figure")].map((figure) =>
      [...figure.querySelectorAll(".swatch")].map((swatch) => swatch.getAttribute("style")),
    );
    expect(colors[0]).toEqual(colors[1]);
    expect(new Set(colors[0]).size).toBe(2);
  });

  it("does not call a time the best that misses neighbours", () => {
    const rows = result.rows.slice(0, 2).map((row, i) => ({
      ...row,
      metrics: {
        medianMs: estimate(20 - 10 * i),
        recall10: { mean: 1 - 0.5 * i, low: 0, high: 1, values: [1 - 0.5 * i] },
      },
    }));
    const { document } = render([{ ...result, rows: [...rows, { ...rows[0]!, system: "D" }] }]);
    expect([...document.querySelectorAll("tbody .best")].map(textOf)).not.toContain("10 ms");
  });

  it("shows code in notes as code", () => {
    const noted = { ...experiment, notes: ["Run with `--fresh`."] };
    const { document } = parseHTML(renderReport([{ experiment: noted, results: [result] }], []));
    expect(textOf(document.querySelector(".notes code"))).toBe("--fresh");
  });

  it("shows the pictures that lie beside the results, with their captions escaped", () => {
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><title>one dot</title></svg>`;
    const { document } = render([{ ...result, drawings: [{ title: "Before & after", svg }] }]);
    const figure = [...document.querySelectorAll("figure")].at(-1);
    expect(textOf(figure?.querySelector("figcaption"))).toBe("Before & after");
    expect(textOf(figure?.querySelector("svg title"))).toBe("one dot");
  });

  it("is one file: one script of its own, nothing from elsewhere, and text stays text", () => {
    const { page, document } = render();
    expect(document.querySelectorAll("link, img, iframe, script[src]").length).toBe(0);
    expect(document.querySelectorAll("script").length).toBe(1);
    expect(page).not.toMatch(/(src|href)="https?:|url\(|@import/);
    expect(textOf(document.querySelector(".notes"))).toBe("<script>alert(1)</script>");
    expect(textOf(document.querySelector(".subtitle"))).toBe("A < B & C paper/table1");
  });

  it("keeps a smaller preset folded away beneath the larger", () => {
    const { document } = render([{ ...result, preset: "standard" }, result]);
    expect(textOf(document.querySelector("section > .run"))).toMatch(/^standard/);
    expect(textOf(document.querySelector("details.other > summary"))).toBe("The same at the quick preset");
  });

  it("marks an incomplete run, and lists what could not be read", () => {
    const interrupted = { ...result, provenance: { ...result.provenance, complete: false } };
    const { document } = render([interrupted], ["a.json: broken"]);
    expect([...document.querySelectorAll(".run .badge")].map(textOf)).toEqual([
      "quick",
      "synthetic",
      "1 failed",
      "incomplete",
    ]);
    expect(textOf(document.querySelector(".problems li"))).toBe("a.json: broken");
  });

  it("says how to make results when there are none", () => {
    expect(textOf(render([]).document.querySelector("main"))).toContain("wayweave-bench run all");
  });
});

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findResults, readRaw, readResult, slug, writeResult, writeText } from "../src/results/files.js";
import { parseRaw, stringifyRaw } from "../src/results/raw-codec.js";
import type { ResultFile } from "../src/results/schema.js";
import { temporaryFolder } from "./support.js";

const result: ResultFile = {
  schemaVersion: 1,
  experiment: "e2dtc/table3",
  preset: "quick",
  parameters: {},
  data: [],
  rows: [
    {
      system: "A",
      dataset: "Porto",
      data: [],
      metrics: { nmi: { mean: 0.5, low: 0.4, high: 0.6, values: [0.4, 0.6] } },
      paper: { nmi: 0.7 },
      seconds: 1,
    },
  ],
  provenance: {
    seeds: [1, 2],
    engine: "javascript",
    versions: {},
    machine: { platform: "linux x64", cpu: "a CPU", cores: 2, memoryGiB: 24 },
    commit: null,
    startedAt: "2026-01-02T03:04:05.000Z",
    seconds: 1,
    peakMemoryMiB: 1,
    complete: true,
  },
};

describe("results file", () => {
  it("round trips", async () => {
    const path = join(await temporaryFolder(), "e2dtc/table3/quick.json");
    await writeResult(path, result);
    expect(await readResult(path)).toEqual(result);
  });

  it.each([
    ["an unknown metric", { metrics: { accuracy: result.rows[0]!.metrics.nmi } }, "rows.0.metrics"],
    ["NaN", { seconds: Number.NaN }, "rows.0.seconds"],
    [
      "no values",
      { metrics: { nmi: { mean: 0, low: 0, high: 0, values: [] } } },
      "rows.0.metrics.nmi.values",
    ],
    ["a paper's value that is no number", { paper: { nmi: "0.7" } }, "rows.0.paper.nmi"],
  ])("refuses %s, and writes nothing", async (_what, change, place) => {
    const path = join(await temporaryFolder(), "quick.json");
    const broken = { ...result, rows: [{ ...result.rows[0]!, ...change }] } as ResultFile;
    await expect(writeResult(path, broken)).rejects.toThrow(`${path}: ${place}`);
    await expect(readFile(path)).rejects.toThrow("ENOENT");
  });

  it("refuses one sha256 too few", async () => {
    const data = [
      { name: "x", source: "real" as const, files: ["a", "b"], sha256: ["0".repeat(64)], counts: {} },
    ];
    await expect(writeResult(join(await temporaryFolder(), "a.json"), { ...result, data })).rejects.toThrow(
      "data.0: one sha256 a file is due",
    );
  });

  it("names a file that is no JSON", async () => {
    const path = join(await temporaryFolder(), "quick.json");
    await writeFile(path, "{");
    await expect(readResult(path)).rejects.toThrow(`${path}: must be JSON: `);
  });

  it("is found below <out>/<paper>/<artefact>, raw outputs are not", async () => {
    const out = await temporaryFolder();
    await writeResult(join(out, "e2dtc/table3/quick.json"), result);
    await writeText(join(out, "e2dtc/table3/raw/quick/porto/a/seed-1.json"), "{}");
    await writeText(join(out, "report.html"), "");
    expect(await findResults(out)).toEqual([join(out, "e2dtc/table3/quick.json")]);
    expect(await findResults(join(out, "nowhere"))).toEqual([]);
  });
});

describe("raw outputs", () => {
  it("keep typed arrays, as numpy can read them", () => {
    const text = stringifyRaw({ labels: Uint32Array.of(1, 258), name: "x", list: [1, null] });
    // 1 and 258 = 0x0102 as little-endian 32-bit integers: 01 00 00 00 02 01 00 00.
    expect(text).toBe('{"labels":{"dtype":"uint32","base64":"AQAAAAIBAAA="},"name":"x","list":[1,null]}');
    expect(parseRaw(text, "a.json")).toEqual({ labels: Uint32Array.of(1, 258), name: "x", list: [1, null] });
  });

  it("round trip: any arrays within any JSON", () => {
    const arrays = fc.oneof(
      fc.float64Array({ maxLength: 20 }),
      fc.float32Array({ maxLength: 20 }),
      fc.uint8Array({ maxLength: 20 }),
      fc.int32Array({ maxLength: 20 }),
    );
    const leaves = fc.oneof(arrays, fc.string(), fc.boolean(), fc.integer());
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), leaves), (value) => {
        expect(parseRaw(stringifyRaw(value), "a.json")).toEqual({ ...value });
      }),
    );
  });

  it("are undefined where there is no file", async () => {
    expect(await readRaw(join(await temporaryFolder(), "none.json"))).toBeUndefined();
  });
});

describe("slug", () => {
  it("makes names of folders", () => {
    expect(slug("GeoLife (authors' labels)")).toBe("geolife-authors-labels");
    expect(slug("1M d10 µ=.5")).toBe("1m-d10-.5");
  });
});

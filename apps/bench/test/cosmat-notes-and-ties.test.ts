import { expect, it } from "vitest";
import { figure8 } from "../src/experiments/cosmat/figure8.js";
import { figure9 } from "../src/experiments/cosmat/figure9.js";
import { classShares, scoreConfusion } from "../src/experiments/cosmat/systems/confusion.js";

it("counts ties against us: of equal scores, results of the query's own class come last", () => {
  // 20 equal pairs, ten a class: the first ten results of either class's queries are those of the other.
  const raw = {
    dimensions: 1,
    images: new Float32Array(20).fill(1),
    texts: new Float32Array(20).fill(1),
    labels: Uint32Array.from({ length: 20 }, (_, i) => i % 2),
    classes: ["a", "b"],
  };
  expect([...classShares(raw, "t2i")]).toEqual([0, 1, 1, 0]);
  expect(scoreConfusion(raw)).toEqual({
    i2tPrecision10: 0,
    t2iPrecision10: 0,
    i2tBestClass: 0,
    t2iBestClass: 0,
  });
});

it.each([figure8, figure9])("$id shows no bound of the paper's as if it were a median", (experiment) => {
  const rows = experiment.rows({ preset: "full", parameters: experiment.presets.full });
  const printed = rows.filter(({ paper }) => paper !== null).map(({ system }) => system);
  expect(printed.length).toBeGreaterThan(0);
  expect(printed.filter((system) => system.includes("GMR-Tree"))).toEqual([]);
  expect(experiment.notes.join(" ")).toMatch(/bound only, no value: “(smaller than 1000|less than 2000) ms”/);
});

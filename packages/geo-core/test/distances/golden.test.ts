import { readFileSync } from "node:fs";
import { describe, it } from "vitest";
import { type DistanceMetric, pairwiseDistances, TrajectorySet } from "../../src/index.js";
import { expectGolden, type GoldenValues, metricsOf } from "./golden.js";

interface RandomCase {
  readonly epsilon: number;
  readonly trajectories: readonly (readonly number[])[];
  readonly values: GoldenValues & { readonly "banded dtw"?: readonly number[] };
}

const golden: { band: number } & Record<"planar" | "lonlat" | "continental", RandomCase> = JSON.parse(
  readFileSync(new URL("../golden/distances.json", import.meta.url), "utf8"),
);

function setOf(
  trajectories: RandomCase["trajectories"],
  coordinateSystem: "planar" | "lonlat",
): TrajectorySet {
  const offsets = [0];
  for (const coordinates of trajectories) offsets.push(offsets.at(-1)! + coordinates.length / 2);
  return new TrajectorySet({
    coordinates: Float64Array.from(trajectories.flat()),
    offsets: Uint32Array.from(offsets),
    coordinateSystem,
  });
}

for (const name of ["planar", "lonlat", "continental"] as const) {
  describe(`reference values on random trajectories: ${name}`, () => {
    const { epsilon, trajectories, values } = golden[name];
    const set = setOf(trajectories, name === "planar" ? "planar" : "lonlat");

    for (const metric of metricsOf(epsilon)) {
      it(metric.name, async () => {
        expectGolden(await pairwiseDistances(set, metric), values[metric.name]);
      });
    }
  });
}

it("reference values of a banded dtw", async () => {
  const banded: DistanceMetric = { name: "dtw", window: golden.band };
  const { trajectories, values } = golden.planar;
  expectGolden(await pairwiseDistances(setOf(trajectories, "planar"), banded), values["banded dtw"]!);
});

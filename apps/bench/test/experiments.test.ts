import { describe, expect, it } from "vitest";
import { presetNames } from "../src/experiments/experiment.js";
import { experiments } from "../src/experiments/index.js";
import { metricInfo } from "../src/results/metric-names.js";
import { planRows } from "../src/runner/run-experiment.js";

describe("experiments", () => {
  it("have ids of their own, in the form of the results contract", () => {
    const ids = experiments.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[a-z0-9-]+\/[a-z0-9-]+$/);
  });

  it.each(experiments.map((experiment) => [experiment.id, experiment] as const))(
    "%s plans different rows at every preset, and only metrics that exist",
    (_id, experiment) => {
      for (const preset of presetNames) expect(planRows(experiment, preset).length).toBeGreaterThan(0);
      for (const metric of experiment.metrics) expect(metricInfo).toHaveProperty(metric);
      if (experiment.reference === undefined) return;
      const { system } = experiment.reference;
      expect(planRows(experiment, "quick").map((row) => row.system)).toContain(system);
    },
  );
});

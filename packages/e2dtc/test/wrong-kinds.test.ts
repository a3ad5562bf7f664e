import { TrajectorySet, ValueError } from "@wayweave/geo-core";
import { describe, expect, it } from "vitest";
import { tripRows } from "../src/browser.js";
import { clusterTrips } from "../src/cluster.js";
import * as main from "../src/index.js";
import { readAuthorsLabels } from "../src/node.js";
import { exportModel, fitE2DTC, fitT2vec } from "../src/train.js";

const set = TrajectorySet.fromArrays([[[0, 0]], [[1, 1]]], { coordinateSystem: "planar" });
// biome-ignore lint/suspicious/noExplicitAny: what no type lets through is what is tried.
type Any = any;

/** Calls with one argument wrong, each with what the message has to begin with. */
const calls: Readonly<Record<string, readonly [(wrong: Any) => unknown, string]>> = {
  centroidFeatures: [(wrong) => main.centroidFeatures(wrong), "set"],
  cellHistogramFeatures: [(wrong) => main.cellHistogramFeatures(wrong), "set"],
  tripRows: [(wrong) => tripRows(wrong, "places"), "trips"],
  preprocess: [(wrong) => main.preprocess(wrong), "set"],
  selectCenters: [(wrong) => main.selectCenters(set, wrong), "options"],
  generateGroundTruth: [(wrong) => main.generateGroundTruth(set, { centers: wrong }), "centers"],
  buildVocabulary: [(wrong) => main.buildVocabulary(wrong), "set"],
  nearestCells: [(wrong) => main.nearestCells(wrong), "vocabulary"],
  tokenize: [(wrong) => main.tokenize(set, wrong), "vocabulary"],
  parseAuthorsLabels: [(wrong) => main.parseAuthorsLabels(wrong), "files"],
  parseClusterCenters: [(wrong) => main.parseClusterCenters(wrong), "text"],
  resolveConfig: [(wrong) => main.resolveConfig(wrong), "options"],
  TripModel: [(wrong) => new main.TripModel(wrong), "model"],
  seedClusters: [(wrong) => main.seedClusters(wrong, wrong, wrong), "set"],
  clusterTrips: [(wrong) => clusterTrips(wrong, { k: 2 }), "trips"],
  fitE2DTC: [(wrong) => fitE2DTC(wrong, { k: 2 }), "trajectories"],
  fitT2vec: [(wrong) => fitT2vec(set, wrong), "options"],
  exportModel: [(wrong) => exportModel(wrong), "parts"],
  readAuthorsLabels: [(wrong) => readAuthorsLabels(wrong), "directory"],
};

describe("what is of no right kind", () => {
  for (const [name, [call, field]] of Object.entries(calls)) {
    it(`${name} names itself and ${field}`, async () => {
      for (const wrong of [null, 5, []]) {
        const answer = (async () => call(wrong))();
        await expect(answer).rejects.toThrow(ValueError);
        await expect(answer).rejects.toThrow(new RegExp(`^${name}: ${field} must be `));
      }
    });
  }

  it("refuses a signal and a listener that are none", async () => {
    await expect(clusterTrips(set, { k: 1, signal: 5 as Any })).rejects.toThrow(
      "clusterTrips: signal must be an AbortSignal, got a number",
    );
    await expect(fitE2DTC(set, { k: 1, onProgress: "x" as Any })).rejects.toThrow(
      "fitE2DTC: onProgress must be a function, got a string",
    );
  });
});

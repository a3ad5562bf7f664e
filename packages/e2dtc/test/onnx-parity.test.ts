import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { TrajectorySet } from "@wayweave/geo-core";
import { OnnxModel } from "@wayweave/nn";
import { describe, expect, it } from "vitest";
import { TripModel } from "../src/browser.js";
import { E2DTC } from "../src/model/e2dtc.js";

interface Golden {
  readonly models: Readonly<
    Record<
      string,
      {
        readonly label: readonly number[];
        readonly softAssignment: readonly (readonly number[])[];
        readonly embedding: readonly (readonly number[])[];
      }
    >
  >;
}

interface PaddedTrips {
  readonly shape: readonly [trips: number, time: number, 2];
  readonly coordinates: readonly number[];
  readonly lengths: readonly number[];
}

const fileOf = (name: string) => fileURLToPath(new URL(`golden/${name}`, import.meta.url));
const readJson = (name: string) => JSON.parse(readFileSync(fileOf(name), "utf8")) as unknown;

/** What onnxruntime for Python says of the committed models; scripts and versions stand in the file. */
const golden = readJson("onnx.json") as Golden;

function setOf({ shape: [, time], coordinates, lengths }: PaddedTrips, isPlanar: boolean): TrajectorySet {
  const points = lengths.flatMap((length, i) => coordinates.slice(2 * i * time, 2 * (i * time + length)));
  const offsets = new Uint32Array(lengths.length + 1);
  for (const [i, length] of lengths.entries()) offsets[i + 1] = offsets[i]! + length;
  return new TrajectorySet({
    coordinates: Float64Array.from(points),
    offsets,
    coordinateSystem: isPlanar ? "planar" : "lonlat",
  });
}

describe.each(Object.entries(golden.models))("%s.onnx", (name, { label, softAssignment, embedding }) => {
  it("says the same as in onnxruntime for Python", async () => {
    const model = await E2DTC.load(fileOf(`${name}.onnx`));
    const set = setOf(readJson(`${name}.trips.json`) as PaddedTrips, name.endsWith("planar"));
    const predicted = await model.predict(set);
    expect([...predicted.labels]).toEqual(label);
    const compare = (values: Float32Array, expected: readonly number[]) => {
      expect(values).toHaveLength(expected.length);
      expected.forEach((value, i) => {
        expect(values[i]).toBeCloseTo(value, 5);
      });
    };
    compare(predicted.softAssignments, softAssignment.flat());
    compare(predicted.embeddings, embedding.flat());
    await model.dispose();
  });

  it("says the same through the browser's entry, on a runtime that the page brings", async () => {
    const model = new TripModel(await OnnxModel.load(fileOf(`${name}.onnx`)));
    const set = setOf(readJson(`${name}.trips.json`) as PaddedTrips, name.endsWith("planar"));
    expect([...(await model.predict(set)).labels]).toEqual(label);
    await expect(model.predict(set, { batchSize: 0 })).rejects.toThrow(
      "TripModel.predict: batchSize must be a positive integer, got 0",
    );
    await model.dispose();
  });
});

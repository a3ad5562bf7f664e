import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Random, TrajectorySet, ValueError } from "@wayweave/geo-core";
import { readTrajectories, writeCsv } from "@wayweave/geo-core/node";
import { OnnxModel } from "@wayweave/nn";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TripModel } from "../src/browser.js";
import { E2DTC } from "../src/model/e2dtc.js";
import { TripIndex } from "../src/similarity/trip-index.js";
import { type FitOptions, type FitResult, fitE2DTC } from "../src/training/fit.js";
import { run } from "./run-cli.js";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** One road of five points, driven on different days: trip i at about 8 h where i is even, at about 18 h where it is odd. */
function commutes(count: number, seed: number): { set: TrajectorySet; hours: Uint32Array } {
  const random = new Random(seed);
  const hours = Uint32Array.from({ length: count }, (_, i) => i % 2);
  const trips = Array.from(hours, (evening, i) => {
    const start = i * DAY + (evening ? 18 : 8) * HOUR + random.uniform(-HOUR, HOUR);
    return [0, 1, 2, 3, 4].map((step) => [
      500 * step + random.uniform(-50, 50),
      random.uniform(-50, 50),
      start + 60_000 * step,
    ]);
  });
  return { set: TrajectorySet.fromArrays(trips, { coordinateSystem: "planar", withTimes: true }), hours };
}

const { set, hours } = commutes(40, 1);
const untimed = set.with({ timesMs: undefined });
/** Other days of the same road. */
const further = commutes(60, 2);

const options = {
  k: 2,
  preset: "student",
  startLabels: hours,
  engine: "ort-cpu",
  threads: 1,
  batchSize: 40,
  tokens: { cellSizeMeters: 500 },
  network: { hidden: 16, timeOfDay: true },
  selfTrain: { epochs: 4, warmUpEpochs: 4, minEpochSteps: 10, learningRate: 2e-2 },
} as const satisfies FitOptions;

/** Share of labels that are the hour's: labels keep the start's numbers. */
const agreement = (labels: Uint32Array, truth: Uint32Array) =>
  labels.filter((label, i) => label === truth[i]).length / truth.length;

describe("a network with network.timeOfDay", () => {
  let fitted: FitResult;
  let bytes: Uint8Array;
  beforeAll(async () => {
    fitted = await fitE2DTC(set, options);
    bytes = await fitted.model.toBytes();
  });
  afterAll(() => fitted.model.dispose());

  it("tells the same road at 8 h and at 18 h apart, on days that it has not seen", async () => {
    const { labels } = await fitted.model.predict(further.set);
    expect(agreement(labels, further.hours)).toBeGreaterThan(0.95);
  });

  it("says the same when it was saved, batch by batch, and through the browser's entry", async () => {
    const expected = await fitted.model.predict(further.set);
    const loaded = await E2DTC.load(bytes);
    expect(loaded.info.timeOfDay).toBe(true);
    expect(await loaded.predict(further.set)).toEqual(expected);
    expect((await loaded.predict(further.set, { batchSize: 7 })).labels).toEqual(expected.labels);
    const browser = new TripModel(await OnnxModel.load(bytes));
    expect((await browser.predict(further.set)).labels).toEqual(expected.labels);
    await Promise.all([loaded.dispose(), browser.dispose()]);
  });

  it("finds trips of the same hour nearest", async () => {
    const index = new TripIndex(fitted.model);
    await index.add(set);
    const hits = await index.nearest(further.set.slice(1, 2), { k: 5 });
    expect(hits.map((hit) => hours[hit.index])).toEqual([1, 1, 1, 1, 1]);
  });

  it("refuses trips without times, which it cannot label", async () => {
    const why = "since the model was trained with times of day (network.timeOfDay)";
    const message = `E2DTC.predict: trajectory 0 must have a time at each point ${why}, got none at its point 0`;
    await expect(fitted.model.predict(untimed)).rejects.toThrow(new ValueError(message));
    await expect(fitted.model.embed(untimed)).rejects.toThrow(new ValueError(message));
  });
});

describe("the commands with a model that reads the time of the day", () => {
  let folder: string;
  const at = (name: string) => path.join(folder, name);
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "e2dtc-time-of-day-"));
    const { model } = await fitE2DTC(set, options);
    await model.save(at("model.onnx"));
    await model.dispose();
    const timesMs = further.set.timesMs!.slice();
    for (const trip of [1, 4]) timesMs[5 * trip + 2] = Number.NaN;
    const ids = Array.from(further.hours, (_, i) => `trip ${i}`);
    await writeCsv(at("trips.csv"), further.set.with({ timesMs, ids }));
  });
  afterAll(() => rm(folder, { recursive: true }));
  const planar = ["--planar", "--model"] as const;

  it("predict names the trips without times, and with --lenient labels the others", async () => {
    const command = ["predict", at("trips.csv"), ...planar, at("model.onnx"), "--out", at("out.csv")];
    await expect(run(...command)).rejects.toThrow(
      new ValueError(
        "the trips must have a time at each point, since the network reads the time of the day, which 2 trips: trip 1, trip 4 lack: --columns names a table's times; --lenient gives such trips the cluster −1",
      ),
    );
    const { err } = await run(...command, "--lenient");
    expect(err).toContain(
      "without times, which the network reads, and get the cluster −1: 2 trips: trip 1, trip 4\n",
    );
    const { cluster, confidence } = (await readTrajectories(at("out.csv"), { coordinateSystem: "planar" }))
      .set.properties;
    const right = cluster!.filter((label, i) => label === further.hours[i]).length;
    expect(right).toBeGreaterThan(0.95 * 58);
    expect([cluster![1], cluster![4], confidence![1], confidence![4]]).toEqual([-1, -1, null, null]);
  });

  it("similar does so, too", async () => {
    const command = ["similar", at("trips.csv"), ...planar, at("model.onnx"), "--id"];
    await expect(run(...command, "trip 1")).rejects.toThrow(
      /^the trip asked for must .* 1 trip: trip 1 lack: /,
    );
    await expect(run(...command, "trip 2")).rejects.toThrow(/^the trips must .* --distance needs no model$/);
  });
});

it("without network.timeOfDay the two are one way, and no times are needed", async () => {
  const { model } = await fitE2DTC(untimed, { ...options, network: { hidden: 16 } });
  expect(model.info).not.toHaveProperty("timeOfDay");
  const { labels } = await model.predict(further.set);
  expect(Math.abs(agreement(labels, further.hours) - 0.5)).toBeLessThan(0.25);
  expect((await model.predict(further.set.with({ timesMs: undefined }))).labels).toEqual(labels);
  await model.dispose();
});

it("fitE2DTC with network.timeOfDay names the trip and the point without a time", async () => {
  const onProgress = () => expect.unreachable();
  await expect(fitE2DTC(untimed, { ...options, onProgress })).rejects.toThrow(
    new ValueError(
      "fitE2DTC: trajectory 0 must have a time at each point for network.timeOfDay, got none at its point 0",
    ),
  );
  const timesMs = set.timesMs!.slice();
  timesMs[5 * 7 + 3] = Number.NaN;
  await expect(fitE2DTC(set.with({ timesMs }), options)).rejects.toThrow(
    /trajectory 7 .* for network.timeOfDay, got none at its point 3$/,
  );
});

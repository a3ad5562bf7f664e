import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Random, TrajectorySet } from "@wayweave/geo-core";
import { readCsv, readParquet, writeCsv, writeGeoJson } from "@wayweave/geo-core/node";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { formatOf } from "../src/cli/files.js";
import { createProgram } from "../src/cli/program.js";
import { E2DTC } from "../src/e2dtc.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "e2dtc-cli-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Trips of four points about two places. */
function tripsOf(count: number): TrajectorySet {
  const random = new Random(count);
  const trips = Array.from({ length: count }, (_, i) =>
    Array.from({ length: 4 }, (_, j) => [
      116.3 + 0.05 * (i % 2) + random.uniform(0, 0.01),
      39.9 + random.uniform(0, 0.01),
      60_000 * j,
    ]),
  );
  return TrajectorySet.fromArrays(trips, { withTimes: true });
}

async function run(...args: string[]): Promise<string> {
  const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  try {
    await createProgram()
      .exitOverride()
      .parseAsync(["node", "wayweave-e2dtc", ...args]);
    return write.mock.calls.map(([text]) => String(text)).join("");
  } finally {
    write.mockRestore();
  }
}

describe("wayweave-e2dtc cluster", () => {
  it("labels GeoJSON trips, and saves a model that agrees", async () => {
    const set = tripsOf(40);
    const [trips, out, model] = ["trips.geojson", "labelled.geojson", "clusters.onnx"].map((name) =>
      path.join(folder, name),
    ) as [string, string, string];
    await writeGeoJson(trips, set);
    const said = await run(
      "cluster",
      trips,
      "--k",
      "3",
      "--out",
      out,
      "--model",
      model,
      "--epochs",
      "2",
      "--cell-size",
      "1500",
    );
    expect(said).toMatch(/^40 trips in 3 clusters of \d+, \d+, \d+: /);
    const { features } = JSON.parse(await readFile(out, "utf8")) as {
      features: { properties: { cluster: number; confidence: number } }[];
    };
    const loaded = await E2DTC.load(model);
    const { labels } = await loaded.predict(set);
    expect(features.map(({ properties }) => properties.cluster)).toEqual([...labels]);
    expect(features.every(({ properties: { confidence } }) => confidence > 1 / 3 && confidence <= 1)).toBe(
      true,
    );
    await loaded.dispose();
  });

  it("takes CSV to Parquet, k chosen", async () => {
    const set = tripsOf(24);
    const [trips, out] = [path.join(folder, "trips.csv"), path.join(folder, "labelled.parquet")];
    await writeCsv(trips, set);
    await run(
      "cluster",
      trips,
      "--k",
      "auto",
      "--out",
      out,
      "--columns",
      "id,lon,lat,time",
      "--cell-size",
      "3000",
    );
    const { trajectories, attributes } = await readParquet(out, { attributes: ["cluster"] });
    const read = await readCsv(trips, {
      columns: { layout: "points", id: "id", x: "lon", y: "lat", time: "time" },
    });
    expect(trajectories.coordinates).toEqual(read.trajectories.coordinates);
    expect(attributes).toHaveLength(24);
  });

  it("names what is wrong before it works", async () => {
    expect(formatOf("a/b.CSV.gz")).toBe("csv");
    await expect(run("cluster", "trips.txt", "--k", "3", "--out", "x.csv")).rejects.toThrow(
      "trips.txt must end in .geojson, .json, .geojsonl, .ndjson, .csv, .parquet (or one with .gz)",
    );
    const trips = path.join(folder, "one.csv");
    await writeCsv(trips, tripsOf(2));
    await expect(run("cluster", trips, "--k", "three", "--out", "x.csv")).rejects.toThrow(
      '--k must be a number, got "three"',
    );
  });
});

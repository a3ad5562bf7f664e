import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Random, TrajectorySet } from "@wayweave/geo-core";
import { readCsv, readParquet, writeCsv, writeGeoJson } from "@wayweave/geo-core/node";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { carryOver } from "../src/cli/attributes.js";
import { formatOf, readTrips } from "../src/cli/files.js";
import { createProgram } from "../src/cli/program.js";
import { E2DTC } from "../src/model/e2dtc.js";

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
    // The folders of what is written do not exist yet.
    const [trips, out, model] = ["trips.geojson", "new/labelled.geojson", "newer/clusters.onnx"].map((name) =>
      path.join(folder, name),
    ) as [string, string, string];
    const drivers = Array.from({ length: 40 }, (_, i) => `d${i}`);
    await writeGeoJson(trips, set, { attributes: { driver: drivers, cluster: drivers } });
    const notes = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const said = await run(
      "cluster",
      trips,
      "--k",
      "2",
      "--out",
      out,
      "--model",
      model,
      "--epochs",
      "2",
      "--cell-size",
      "1500",
    );
    expect(notes.mock.calls[0]).toEqual([`note: ${out} will not have cluster\n`]);
    // Off a terminal progress is told in lines, from the first phase on.
    expect(notes.mock.calls[1]).toEqual(["cutting space into cells: 0 %\n"]);
    notes.mockRestore();
    expect(said).toMatch(/^40 trips in 2 clusters of 20, 20: /);
    const { features } = JSON.parse(await readFile(out, "utf8")) as {
      features: { properties: { cluster: number; confidence: number; driver: string } }[];
    };
    const loaded = await E2DTC.load(model);
    const { labels } = await loaded.predict(set);
    expect(features.map(({ properties }) => properties.cluster)).toEqual([...labels]);
    expect(features.every(({ properties: { confidence } }) => confidence > 1 / 2 && confidence <= 1)).toBe(
      true,
    );
    expect(features.map(({ properties }) => properties.driver)).toEqual(drivers);
    await loaded.dispose();
    const again = path.join(folder, "again.geojson");
    expect(await run("predict", trips, "--model", model, "--out", again)).toMatch(
      /^40 trips in 2 clusters of 20, 20: /,
    );
    expect(
      JSON.parse(await readFile(again, "utf8")).features.map(
        (f: { properties: { cluster: number } }) => f.properties.cluster,
      ),
    ).toEqual([...labels]);
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
      "--map",
      path.join(folder, "map.html"),
    );
    const page = await readFile(path.join(folder, "map.html"), "utf8");
    expect(page.match(/<path /g)!.length).toBeGreaterThanOrEqual(24);
    expect(page).not.toMatch(/https?:\/\/(?!www\.w3\.org)/);
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
    await expect(
      run(
        "cluster",
        trips,
        "--k",
        "2",
        "--out",
        path.join(folder, "x.csv"),
        "--model",
        path.join(folder, "m.onnx"),
        "--method",
        "spectral",
      ),
    ).rejects.toThrow("--model needs --method e2dtc, got spectral");
    await expect(
      run(
        "cluster",
        trips,
        "--k",
        "1",
        "--out",
        path.join(folder, "x.csv"),
        "--max-tokens",
        "0",
        "--method",
        "e2dtc",
      ),
    ).rejects.toThrow("fitE2DTC: tokens.maxTokens must be a positive integer, got 0");
  });

  it("makes sure before it trains that what it makes can be written", async () => {
    const trips = path.join(folder, "two.csv");
    await writeCsv(trips, tripsOf(2));
    const inFile = path.join(trips, "out.csv");
    await expect(run("cluster", trips, "--k", "2", "--out", inFile)).rejects.toThrow(
      `--out must be in a folder that can be written, got ${inFile} (`,
    );
    const out = path.join(folder, "out.csv");
    await expect(run("cluster", trips, "--k", "2", "--out", out, "--model", folder)).rejects.toThrow(
      `--model must be a file, got the folder ${folder}`,
    );
  });
});

describe("reading trips", () => {
  const options = { columns: ["id", "lon", "lat"], coordinateSystem: "lonlat" } as const;
  const { signal } = new AbortController();

  it("names the columns of a CSV file that it does not read", async () => {
    const file = path.join(folder, "speeds.csv");
    await writeFile(file, 'id,lon,lat,"speed",driver\na,1,2,3,d\na,1.1,2,4,d\n');
    expect((await readTrips(file, { ...options, signal })).leftOut).toEqual(["speed", "driver"]);
  });

  it("takes planar GeoJSON", async () => {
    const file = path.join(folder, "planar.geojson");
    const coordinates = [
      [5000, 100],
      [6000, 200],
    ];
    await writeFile(file, JSON.stringify({ type: "LineString", coordinates }));
    const { set } = await readTrips(file, { ...options, coordinateSystem: "planar", signal });
    expect(set.coordinateSystem).toBe("planar");
    expect([...set.coordinates]).toEqual([5000, 100, 6000, 200]);
  });
});

describe("carryOver", () => {
  it("takes text, numbers and booleans, a kind a column, and names the rest", () => {
    const properties = [
      { driver: "a", speed: 3, mixed: 1, stops: [1], id: "x", coordTimes: [0, 1] },
      null,
      { driver: "b", isNight: true, mixed: "1" },
    ];
    expect(carryOver(properties, "csv", true)).toEqual({
      attributes: { driver: ["a", null, "b"], speed: [3, null, null], isNight: [null, null, true] },
      leftOut: ["mixed", "stops", "id"],
    });
    // GeoJSON has no column id of its own; without times, what looks like times is but a property.
    expect(carryOver(properties, "geojson", false).leftOut).toEqual(["mixed", "stops", "coordTimes"]);
  });
});

import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { Random, TrajectorySet, ValueError } from "@wayweave/geo-core";
import { readTrajectories, writeCsv, writeGeoJson, writeGpx } from "@wayweave/geo-core/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { forNetwork } from "../src/cli/for-network.js";
import { mapPage } from "../src/cli/map.js";
import { writeStream } from "../src/cli/write-stream.js";
import { E2DTC } from "../src/model/e2dtc.js";
import { run } from "./run-cli.js";

let folder: string;
let at: (name: string) => string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "e2dtc-cli-"));
  at = (name) => path.join(folder, name);
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
  const ids = trips.map((_, i) => `trip ${i}`);
  return TrajectorySet.fromArrays(trips, { withTimes: true, ids });
}

const clustersOf = async (file: string) => (await readTrajectories(file)).set.properties.cluster;

describe("wayweave-e2dtc cluster and predict", () => {
  it("labels trips, saves a model that agrees, and keeps what the input says", async () => {
    const drivers = Array.from({ length: 40 }, (_, i) => `d${i}`);
    await writeGeoJson(at("trips.geojson"), tripsOf(40), {
      attributes: { driver: drivers, cluster: drivers },
    });
    // The folders of what is written do not exist yet.
    const [out, model] = [at("new/labelled.geojson"), at("newer/clusters.onnx")];
    const network = ["--k", "2", "--epochs", "2", "--cell-size", "1500"];
    const said = await run("cluster", at("trips.geojson"), ...network, "--out", out, "--model", model);
    expect(said.err).toContain("note: cluster of the input is replaced\n");
    expect(said.err).toContain("cutting space into cells: 0 %\n");
    expect(said.out).toMatch(/^40 trips in 2 clusters of 20, 20: /);
    const { set } = await readTrajectories(out);
    const loaded = await E2DTC.load(model);
    const { labels } = await loaded.predict(set);
    await loaded.dispose();
    expect(set.properties.cluster).toEqual([...labels]);
    expect(set.properties.driver).toEqual(drivers);
    for (const name of ["a.geojson", "a.geojsonl", "a.csv", "a.gpx", "a.parquet", "a.csv.gz"]) {
      const predicted = await run("predict", at("trips.geojson"), "--model", model, "--out", at(name));
      expect(predicted.out).toMatch(/^40 trips in 2 clusters of 20, 20: /);
      expect([name, ...(await clustersOf(at(name)))!]).toEqual([name, ...labels]);
    }
    // A trip elsewhere is told, and gets no label.
    const far = TrajectorySet.fromArrays(
      [
        [
          [0, 0],
          [0.1, 0],
        ],
      ],
      { ids: ["away"] },
    );
    await writeGpx(at("far.gpx"), far);
    const elsewhere = await run("predict", at("far.gpx"), "--model", model, "--out", at("far.csv"));
    expect(elsewhere.err).toContain(
      "outside the area that the model has learnt, and get the cluster −1: 1 trip: away",
    );
    expect(await clustersOf(at("far.csv"))).toEqual([-1]);
    const near = await run("similar", at("trips.geojson"), "--id", "trip 4", "--model", model, "--json");
    expect(JSON.parse(near.out)).toHaveLength(10);
    // A plane's trips are none that it has learnt, wherever they lie: both commands say so.
    await writeFile(at("plane.csv"), "id,x,y\na,116.3,39.9\na,116.31,39.9\nb,116.3,39.9\n");
    const plane = [at("plane.csv"), "--planar", "--model", model];
    const unlearnt = new ValueError("--planar must be left out: the model has learnt lonlat trips");
    await expect(run("similar", ...plane, "--id", "a")).rejects.toThrow(unlearnt);
    await expect(run("predict", ...plane, "--out", at("plane-out.csv"))).rejects.toThrow(unlearnt);
    // What streams row by row is one table.
    const grouped = ["--model", model, "--row-order", "grouped", "--out", at("grouped.csv")];
    const points = at("a.points.csv");
    await writeFile(points, "who,x,y\na,116.3,39.9\na,116.31,39.9\nb,116.3,39.9\n");
    const rows = await run("predict", points, ...grouped, "--columns", "x=x,y=y,id=who");
    expect(rows.out).toMatch(/^2 trips in 2 clusters/);
    expect(rows.err).toContain("note: --columns takes id=who, lon=x, lat=y; no time\n");
    // A van's day is two trips where it stood for an hour.
    const day =
      "id,lon,lat,time\nvan,116.3,39.9,2026-05-04T08:00:00Z\nvan,116.31,39.9,2026-05-04T08:01:00Z\nvan,116.3,39.9,2026-05-04T09:01:00Z\n";
    await writeFile(at("day.csv"), day);
    const cutting = ["--max-gap", "5min", "--model", model, "--out", at("cut.csv")];
    const cut = await run("predict", at("day.csv"), ...cutting);
    expect(cut.err).toContain("note: --max-gap 5min cuts 1 of 1 trips: 2 now\n");
    expect((await readTrajectories(at("cut.csv"))).set.ids).toEqual(["van/0", "van/1"]);
  });

  it("takes a folder with damage in it, and says what was left out", async () => {
    await writeGpx(at("rides.gpx"), tripsOf(24));
    await promisify(execFile)("mkdir", [at("rides")]);
    await writeFile(at("rides/a.gpx"), await readFile(at("rides.gpx")));
    await writeFile(at("rides/b.gpx"), (await readFile(at("rides.gpx"), "utf8")).slice(0, 900));
    await writeFile(at("rides/c.gpx"), "");
    const command = [
      "cluster",
      at("rides"),
      "--k",
      "2",
      "--out",
      at("rides.parquet"),
      "--map",
      at("map.html"),
    ];
    await expect(run(...command)).rejects.toThrow("; --lenient leaves out what is broken");
    const said = await run(...command, "--lenient", "--skip-report", at("skipped.json"));
    expect(said.out).toMatch(/^2[45] trips in 2 clusters of 1[23], 1[23]: /);
    expect(said.err).toContain("left out: 1 × empty file, first in ");
    const report = JSON.parse(await readFile(at("skipped.json"), "utf8"));
    expect(report.damagedFiles.map(({ reason }: { reason: string }) => reason).sort()).toEqual([
      "broken XML",
      "empty file",
    ]);
    expect(await readFile(at("map.html"), "utf8")).not.toMatch(/https?:\/\/(?!www\.w3\.org)|<script/);
  });

  it("names an option for what is wrong, before it works", async () => {
    await writeCsv(at("two.csv"), tripsOf(2));
    const two = ["cluster", at("two.csv")];
    await expect(run(...two, "--out", at("x.txt"))).rejects.toThrow("--out must end in .gpx, .geojson,");
    await expect(run(...two, "--k", "three", "--out", at("x.csv"))).rejects.toThrow(
      '--k must be a positive integer or auto, got "three"',
    );
    await expect(run(...two, "--out", at("two.csv/x.csv"))).rejects.toThrow(
      "--out must be in a folder that can be written",
    );
    await expect(run(...two, "--out", at("x.csv"), "--model", folder)).rejects.toThrow(
      `--model must be a file, got the folder ${folder}`,
    );
    await expect(
      run(...two, "--out", at("x.csv"), "--model", "m.onnx", "--method", "spectral"),
    ).rejects.toThrow("--model needs --method e2dtc, got spectral");
    await expect(run(...two, "--planar", "--columns", "id,lon,lat", "--out", at("x.gpx"))).rejects.toThrow(
      "--out must end in .csv or .parquet with --planar",
    );
    const model = ["predict", at("two.csv"), "--out", at("x.csv"), "--model", at("two.csv")];
    await expect(run(...model)).rejects.toThrow("--model must be a file that cluster --model wrote");
    expect((await readdir(folder)).filter((name) => name.startsWith("x.") || name.includes(".tmp"))).toEqual(
      [],
    );
  });

  it("finds the columns of a table by role", async () => {
    await writeFile(at("roles.csv"), "who,easting_deg,northing_deg\na,1,2\na,1.1,2\nb,1,2\nb,1.1,2.1\n");
    const columns = "lon=easting_deg,lat=northing_deg,id=who";
    await run("cluster", at("roles.csv"), "--columns", columns, "--k", "1", "--out", at("roles.gpx"));
    const { set } = await readTrajectories(at("roles.gpx"));
    expect([set.ids, set.properties.cluster]).toEqual([
      ["a", "b"],
      [0, 0],
    ]);
  });
});

describe("wayweave-e2dtc evaluate and similar", () => {
  it("compares labels with a table, a row a point or a trip", async () => {
    await writeFile(at("labelled.csv"), "id,lon,lat,cluster\na,1,2,0\na,1,3,0\nb,1,2,1\nc,1,2,1\nd,1,2,0\n");
    await writeFile(at("truth.csv"), "trip;route\na;x\nb;y\nc;y\nd;y\ne;x\n".replaceAll(";", ","));
    await writeFile(at("truth2.csv"), "id,route\na,x\nb,y\nc,y\nd,y\ne,x\n");
    const truth = ["evaluate", at("labelled.csv"), "--truth", at("truth2.csv"), "--truth-labels"];
    const { out } = await run(...truth, "route", "--json");
    // Three of four are in the cluster that their route is matched with.
    expect(JSON.parse(out)).toMatchObject({
      trips: 4,
      withoutLabel: 1,
      withoutTruth: 0,
      uacc: 0.75,
      purity: 0.75,
    });
    await expect(run(...truth, "rout")).rejects.toThrow(
      `--truth-labels must name a column of ${at("truth2.csv")}, which has id, route, got "rout"`,
    );
    await writeFile(at("two-labels.csv"), "id,cluster\na,0\na,1\n");
    await expect(run("evaluate", at("two-labels.csv"), "--truth-labels", "id")).rejects.toThrow(
      'a trip must have one label, got "0" and "1" for "a"',
    );
  });

  it("finds the nearest trips, and writes them", async () => {
    const line = (y: number) => [
      [0, y],
      [0.01, y],
      [0.02, y],
    ];
    const ids = ["a", "b", "c", "d"];
    const set = TrajectorySet.fromArrays([0, 0.01, 0.03, 0.001].map(line), { ids });
    await writeGpx(at("lines.gpx"), set);
    const command = ["similar", at("lines.gpx"), "--id", "a", "--k", "2", "--distance", "frechet"];
    const { out } = await run(...command, "--out", at("near.geojson"));
    expect(out.split("\n").map((row) => row.split("\t")[2])).toEqual(["d", "b", undefined]);
    expect((await readTrajectories(at("near.geojson"))).set.properties.rank).toEqual([1, 2]);
    await expect(run("similar", at("lines.gpx"), "--id", "x")).rejects.toThrow(
      '--id must be the id or the name of one trip, got "x" (none has it; there are a, b, c, d, …)',
    );
    const names = ["Sunday ride", "Monday", "Monday", null];
    await writeGpx(at("named.gpx"), set.with({ properties: { name: names } }));
    const named = await run(
      "similar",
      at("named.gpx"),
      "--id",
      "Sunday ride",
      "--k",
      "1",
      "--distance",
      "frechet",
    );
    expect(named.out.split("\t")[2]).toBe("d\n");
    await expect(run("similar", at("named.gpx"), "--id", "Monday")).rejects.toThrow(
      '--id must be the id or the name of one trip, got "Monday" (2 have this name: b, c)',
    );
    await expect(run("similar", at("lines.gpx"), "--id", "a", "--distance", "edr")).rejects.toThrow(
      "--epsilon must be given with --distance edr",
    );
  });
});

describe("what fails", () => {
  it("leaves no folder behind, and tells an empty folder without advice that does not help", async () => {
    await mkdir(at("nothing"), { recursive: true });
    const empty = run(
      "cluster",
      at("nothing"),
      "--out",
      at("unmade/deep/x.gpx"),
      "--map",
      at("unmade-maps/x.html"),
    );
    await expect(empty).rejects.toThrow(/nothing must hold a file of trips \(gpx, .*\), got none$/);
    expect(await readdir(at("."))).not.toEqual(expect.arrayContaining(["unmade"]));
    expect(await readdir(at("."))).not.toEqual(expect.arrayContaining(["unmade-maps"]));
  });

  it("makes the folders of what it writes", async () => {
    const set = TrajectorySet.fromArrays(
      [0, 0, 1, 1].map((y) => [
        [0, y],
        [0.01, y],
      ]),
    );
    await writeGpx(at("four.gpx"), set);
    await run(
      "cluster",
      at("four.gpx"),
      "--k",
      "2",
      "--out",
      at("made/deep/x.csv"),
      "--map",
      at("drawn/x.html"),
    );
    expect(await readdir(at("made/deep"))).toEqual(["x.csv"]);
    expect(await readdir(at("drawn"))).toEqual(["x.html"]);
  });

  it("a date outside 1970 to 2100 names the option that reads it", async () => {
    const rows = [1950, 1951].map((year) => `a,${year}-05-01T00:00:00Z,1,2\n`).join("");
    await writeFile(at("old.csv"), `id,time,lon,lat\n${rows}b,1950-01-01T00:00:00Z,3,4\n`);
    const args = ["similar", at("old.csv"), "--id", "a"];
    await expect(run(...args)).rejects.toThrow("timeRange");
    expect((await run(...args, "--time-range", "1900-01-01/2000-01-01")).out).toContain("\tb\n");
    await expect(run(...args, "--time-range", "2000-01-01/1900-01-01")).rejects.toThrow(
      "--time-range must be two dates, the earlier first",
    );
  });
});

describe("forNetwork", () => {
  const limits = { maxTokens: 512, farTrips: "keep", longTrips: "cut" } as const;
  const walk = (x: number, steps: number) => Array.from({ length: steps }, (_, i) => [x + i * 100, 0]);
  const planar = (trips: number[][][]) => TrajectorySet.fromArrays(trips, { coordinateSystem: "planar" });

  it("cuts trips that go through too many cells, or leaves them out, with their ids", () => {
    const set = planar([walk(0, 10), walk(0, 50), walk(0, 9)]);
    const cut = forNetwork(set, { ...limits, cellSize: 100, maxTokens: 10 });
    expect([0, 1, 2].map((i) => cut.set.pointCountOf(i))).toEqual([10, 10, 9]);
    expect(cut.notes).toEqual([
      "more than 10 cells (--max-tokens): the network sees only the start of 1 trip: 1",
    ]);
    const skipped = forNetwork(set, { ...limits, cellSize: 100, maxTokens: 10, longTrips: "skip" });
    expect([skipped.kept, skipped.set.length]).toEqual([[0, 2], 2]);
    const timed = set.with({ timesMs: Float64Array.from({ length: set.pointCount }, (_, p) => p) });
    const { timesMs } = forNetwork(timed, { ...limits, cellSize: 100, maxTokens: 10 }).set.at(2);
    expect([...timesMs!]).toEqual([60, 61, 62, 63, 64, 65, 66, 67, 68]);
  });

  it("leaves out far trips where asked, and else names the options that help", () => {
    const set = planar([
      walk(0, 10),
      walk(500, 10),
      [
        [1e7, 1e7],
        [1e7, 1e7 + 50],
      ],
    ]);
    expect(() => forNetwork(set, { ...limits, cellSize: 10 })).toThrow(
      "--cell-size must be about 9766 or more for trips that lie so far apart (a grid has at most 16777216 cells), got 10; or give --far-trips skip",
    );
    const near = forNetwork(set, { ...limits, cellSize: 10, farTrips: "skip" });
    expect([near.kept, near.notes]).toEqual([[0, 1], ["--far-trips skip left out 1 trip: 2"]]);
    expect(forNetwork(set, limits).kept).toEqual([0, 1, 2]);
  });
});

describe("the map page", () => {
  it("shows counts and medoids, and lets no id out of its place", () => {
    const ids = ["</script><script>alert(1)</script>", 'b" onload="x', "c"];
    const set = TrajectorySet.fromArrays(
      [
        [
          [0, 0],
          [1, 1],
        ],
        [
          [0, 1],
          [1, 0],
        ],
        [[0, 0]],
      ],
      { ids },
    );
    const page = mapPage(set, { labels: [0, 1, -1], k: 2, medoids: [0, 1] });
    expect(page).not.toMatch(/<script|onload="x/);
    expect(page).toContain("middle: &lt;/script&gt;");
    expect(page.match(/class="m"/g)).toHaveLength(2);
    expect(page).toContain("no cluster: 1");
    expect(page).toContain("prefers-color-scheme:dark");
    expect(page).not.toContain("NaN");
  });
});

describe("what is stopped", () => {
  it("leaves no file where batches break off", async () => {
    const batches = async function* () {
      yield tripsOf(4).with({ properties: { cluster: [0, 0, 0, 0] } });
      throw new Error("stopped");
    };
    // A gzipped file's writer is asked first, as any other's.
    await writeCsv(at("in.csv"), tripsOf(6));
    await run("cluster", at("in.csv"), "--k", "1", "--out", at("in.csv.gz"));
    expect(await clustersOf(at("in.csv.gz"))).toHaveLength(6);
    for (const name of ["s.csv", "s.gpx", "s.geojson.gz", "s.parquet"]) {
      await expect(writeStream(at(name), batches(), ["cluster"])).rejects.toThrow("stopped");
    }
    expect((await readdir(folder)).filter((name) => /^\.?s\./.test(name))).toEqual([]);
  });

  it("ends with 130 after Ctrl-C", async () => {
    await writeGeoJson(at("many.geojson"), tripsOf(600));
    const cli = path.resolve(import.meta.dirname, "../dist/cli.js");
    const child = spawn(process.execPath, [cli, "cluster", at("many.geojson"), "--out", at("many.csv")]);
    child.stderr.once("data", () => child.kill("SIGINT"));
    const code = await new Promise((resolve) => child.on("exit", resolve));
    expect(code).toBe(130);
    await expect(readFile(at("many.csv"))).rejects.toThrow("ENOENT");
  });
});

describe("what commands tell of trips", () => {
  it("predict: ids of several files, columns that are replaced, and a table that is one trip", async () => {
    const two = "id,lon,lat,cluster\n1,116.3,39.9,x\n1,116.31,39.9,x\n2,116.35,39.9,y\n2,116.36,39.9,y\n";
    await mkdir(at("folder"));
    await writeFile(at("folder/a.csv"), two);
    await writeFile(at("folder/b.csv"), two);
    const predicted = await run(
      "predict",
      at("folder"),
      "--model",
      at("newer/clusters.onnx"),
      "--out",
      at("both.csv"),
    );
    expect(predicted.err).toContain(
      "note: 2 trips have the id of another one and a new one here, such as 1#2 for 1\n",
    );
    expect(predicted.err).toContain("note: cluster of the input is replaced\n");
    expect((await readTrajectories(at("both.csv"))).set.ids).toEqual(["1", "2", "1#2", "2#2"]);
    await writeFile(at("noid.csv"), "lon,lat\n116.3,39.9\n116.35,39.91\n");
    const one = await run(
      "predict",
      at("noid.csv"),
      "--model",
      at("newer/clusters.onnx"),
      "--out",
      at("one.csv"),
    );
    expect(one.err).toContain("is one trip, since no column of ids was found");
  });

  it("similar: columns that are replaced", async () => {
    await writeGeoJson(at("walks.geojson"), tripsOf(4), { attributes: { distance: [1, 2, 3, 4] } });
    const said = await run(
      "similar",
      at("walks.geojson"),
      "--id",
      "trip 0",
      "--k",
      "2",
      "--out",
      at("near.csv"),
    );
    expect(said.err).toContain("note: distance of the input is replaced\n");
  });

  it("cluster: a run that fails leaves no folder behind", async () => {
    const tooMany = run("cluster", at("walks.geojson"), "--k", "20", "--out", at("left/behind/c.csv"));
    await expect(tooMany).rejects.toThrow(/k must be at most/);
    expect(existsSync(at("left"))).toBe(false);
  });
});

import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { FormatError, TrajectorySet, ValueError } from "@wayweave/geo-core";
import { readTrajectories, writeCsv, writeGpx } from "@wayweave/geo-core/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cellSizeOf, fitOptions } from "../src/cli/network-options.js";
import { resolveConfig } from "../src/model/config.js";
import { run } from "./run-cli.js";

let folder: string;
let at: (name: string) => string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "e2dtc-cli-options-"));
  at = (name) => path.join(folder, name);
  await writeGpx(at("lines.gpx"), lines([0, 0.001, 0.03]));
});
afterAll(() => rm(folder, { recursive: true }));

/** Lines to the east of three points each, so many degrees north of the equator. */
function lines(latitudes: readonly number[]): TrajectorySet {
  const points = latitudes.map((y) => [0, 0.01, 0.02].map((x) => [x, y]));
  return TrajectorySet.fromArrays(points, { ids: latitudes.map((_, i) => "abcdefgh"[i]!) });
}

describe("options that would have no effect are errors that say what helps", () => {
  it.each([
    [
      "--epochs 3",
      "--epochs must go with --method e2dtc or --model, since it is about a network, got neither",
    ],
    [
      "--method spectral --cell-size 100",
      "--cell-size must go with --method e2dtc or --model, since it is about a network, got --method spectral",
    ],
    ["--preset paper", "--preset must go with --method e2dtc or --model"],
    ["--size small", "--size must go with --method e2dtc or --model"],
    ["--seeding kMeans", "--seeding must go with --method e2dtc or --model"],
    ["--time-of-day", "--time-of-day must go with --method e2dtc or --model"],
    ["--max-tokens 512", "--max-tokens must go with --method e2dtc or --model"],
    ["--long-trips cut", "--long-trips must go with --method e2dtc or --model"],
    ["--far-trips keep", "--far-trips must go with --method e2dtc or --model"],
    ["--checkpoint run", "--checkpoint must go with --method e2dtc or --model"],
    ["--method hdbscan --model m.onnx", "--model needs --method e2dtc, got hdbscan"],
    ["--method hdbscan --k 3", "--k must be left out with --method hdbscan, which finds it itself, got 3"],
    [
      "--model m.onnx --sample-size 9",
      "--sample-size must be left out with a network (--method e2dtc, --model), which learns from all trips",
    ],
    [
      "--method e2dtc --cluster-by routes",
      "--cluster-by must be auto with a network (--method e2dtc, --model), got routes",
    ],
    [
      "--method hdbscan --cluster-by places",
      "--cluster-by must be auto or routes with --method hdbscan, got places",
    ],
    [
      "--method spectral --cluster-by places",
      "--method must be auto or k-means with --cluster-by places, got spectral",
    ],
    ["--times ignore --order sort", "--order must be left out with --times ignore, which reads no times"],
    [
      "--method k-means --k 2 --sample-size 3",
      "--sample-size must be left out with --method k-means and --k 2, which need no distances of trips",
    ],
    [
      "--cluster-by places --k 4 --sample-size 3",
      "--sample-size must be left out with --cluster-by places and --k 4, which need no distances of trips",
    ],
    ["--no-header", "--no-header must go with --columns by number, the first is 0"],
    ["--format gpx --delimiter ;", "--delimiter must go with CSV, got --format gpx"],
  ])("cluster %s", async (words, message) => {
    const command = ["cluster", at("lines.gpx"), "--out", at("x.csv"), ...words.split(" ")];
    await expect(run(...command)).rejects.toThrow(expect.toSatisfy((error) => error instanceof ValueError));
    await expect(run(...command)).rejects.toThrow(message);
    await expect(readFile(at("x.csv"))).rejects.toThrow("ENOENT");
  });

  it("cluster takes options that act together", async () => {
    for (const words of [
      "--method k-means --cluster-by places --k 1",
      "--cluster-by auto --sample-size 3 --k 1",
      "--cluster-by places --sample-size 3 --k 1 --outliers",
      "--method k-means --sample-size 3 --k auto",
    ]) {
      const command = ["cluster", at("lines.gpx"), "--out", at("y.csv"), ...words.split(" ")];
      expect((await run(...command)).out).toMatch(/^3 trips in (1 cluster|2 clusters) of /);
    }
  });

  it("predict", async () => {
    const command = ["predict", at("lines.gpx"), "--model", "m.onnx", "--out", at("x.csv")];
    await expect(run(...command, "--row-order", "grouped", "--format", "gpx")).rejects.toThrow(
      new ValueError("--row-order grouped must go with CSV, got --format gpx"),
    );
  });

  it("similar", async () => {
    const command = ["similar", at("lines.gpx"), "--id", "a"];
    await expect(run(...command, "--model", "m.onnx", "--distance", "dtw")).rejects.toThrow(
      new ValueError("--distance must be left out with --model, which compares embeddings, got dtw"),
    );
    await expect(run(...command, "--epsilon", "5")).rejects.toThrow(
      new ValueError("--epsilon must go with --distance edr or lcss, got 5 with dtw"),
    );
  });

  it("evaluate", async () => {
    await writeFile(at("labels.csv"), "id,cluster,route\na,0,x\nb,0,x\nc,1,y\n");
    const table = ["evaluate", at("labels.csv"), "--truth-labels", "route"];
    await expect(run(...table, "--lenient")).rejects.toThrow(
      new ValueError(
        "--lenient must be left out with tables (.csv, .tsv, .txt), of which the columns of ids and labels are read alone",
      ),
    );
    await writeGpx(at("labelled.gpx"), lines([0, 0.1]).with({ properties: { cluster: [0, 1] } }));
    const trips = ["evaluate", at("labelled.gpx"), "--truth-labels", "cluster"];
    await expect(run(...trips, "--id", "name")).rejects.toThrow(
      new ValueError(
        "--id must go with a table (.csv, .tsv, .txt), since trips have ids of their own, got name",
      ),
    );
    // The report would be of the labelled trips, and is not of the truth.
    const report = ["--truth", at("labelled.gpx"), "--skip-report", at("none.json")];
    await expect(run("evaluate", at("labels.csv"), "--truth-labels", "cluster", ...report)).rejects.toThrow(
      new ValueError(
        "--skip-report must be left out with a table of labelled trips, which it would be about",
      ),
    );
    // Of trips and a table both act, and the report is of the trips.
    const both = ["--truth", at("labels.csv"), "--id", "id", "--skip-report", at("skipped.json")];
    const { out } = await run(
      "evaluate",
      at("labelled.gpx"),
      "--truth-labels",
      "route",
      ...both,
      "--lenient",
    );
    expect(out).toContain("2 trips compared");
    expect(JSON.parse(await readFile(at("skipped.json"), "utf8")).source).toBe(at("labelled.gpx"));
  });
});

describe("the unit of a distance", () => {
  it.each([
    // One degree of latitude is 111 195 m on this sphere: 0.001° at each of three points.
    ["frechet", [], "metres", 111.195, "distance (metres)"],
    ["dtw", [], "metres", 333.585, "distance (metres, added up over matched points)"],
    ["edr", ["--epsilon", "100"], "edits", 3, "distance (edits)"],
    ["lcss", ["--epsilon", "100"], "share", 1, "distance (share of points without a match)"],
  ] as const)("of %s is told beside it", async (distance, further, unit, value, header) => {
    const command = ["similar", at("lines.gpx"), "--id", "a", "--k", "1", "--distance", distance, ...further];
    const [hit] = JSON.parse((await run(...command, "--json")).out);
    expect(hit).toEqual({ id: "b", distance: expect.closeTo(value, 2), unit });
    const { out, err } = await run(...command);
    // Lines stay as programs read them.
    expect(out).toMatch(/^1\t[\d.]+\tb\n$/);
    expect(err).toContain(header);
  });

  it("is the plane's own with --planar, and in the help", async () => {
    const set = TrajectorySet.fromArrays([[[0, 0]], [[3, 4]]], {
      coordinateSystem: "planar",
      ids: ["a", "b"],
    });
    await writeCsv(at("planar.csv"), set);
    const command = ["similar", at("planar.csv"), "--planar", "--id", "a", "--distance", "hausdorff"];
    expect(JSON.parse((await run(...command, "--json")).out)).toEqual([
      { id: "b", distance: 5, unit: "planar" },
    ]);
    expect((await run(...command)).err).toContain("distance (in the positions' unit)");
  });
});

describe("with a network", () => {
  const flags = { preset: "paper", seed: 0, maxTokens: 512, k: 3 } as const;

  it("the preset's own settings hold where nothing else is asked for", () => {
    expect([cellSizeOf(flags), cellSizeOf({ ...flags, cellSize: 50 })]).toEqual([300, 50]);
    expect(cellSizeOf({ preset: "standard" })).toBeUndefined();
    const { k, seed, outliers, ...overrides } = fitOptions(flags, 20, 300);
    expect([k, seed, outliers]).toEqual([3, 0, false]);
    const paper = resolveConfig({ preset: "paper" });
    expect(resolveConfig(overrides)).toEqual(paper);
    const { selfTrain } = fitOptions({ ...flags, seeding: "places" }, 20, 300);
    expect(selfTrain).toEqual({ seeding: "places" });
  });

  it("--time-of-day is the network's, and a trip without times is an error", async () => {
    expect(fitOptions({ ...flags, timeOfDay: true }, 20, 300).network).toEqual({ timeOfDay: true });
    const command = ["cluster", at("lines.gpx"), "--method", "e2dtc", "--k", "1", "--out", at("x.csv")];
    await expect(run(...command, "--time-of-day")).rejects.toThrow(
      new ValueError(
        "trips for --time-of-day must have a time at each point, since the network reads the time of the day, which 3 trips: a, b, c lack: --columns names a table's times; or leave that out",
      ),
    );
  });

  it("trips far from all others of their cluster are told, and belong to none", async () => {
    // Three clumps of four lines: the third nearest line is two or three steps away. And one line far from all.
    const clumps = [0, 0.001, 0.002].flatMap((base) => [0, 1, 2, 3].map((step) => base + step * 0.0001));
    const points = [...clumps, 0.02].map((y) => [0, 0.01, 0.02].map((x) => [x, y]));
    await writeGpx(at("clumps.gpx"), TrajectorySet.fromArrays(points));
    const network = ["--method", "e2dtc", "--preset", "student", "--k", "1", "--outliers"];
    const said = await run("cluster", at("clumps.gpx"), ...network, "--out", at("clumps.csv"));
    expect(said.err).toMatch(
      /note: the network is not kept; --model names a file for it\n[\s\S]*cutting space into cells/,
    );
    expect(said.err).toContain("note: 1 trips belong to no cluster: −1\n");
    expect(said.out).toMatch(/^13 trips in 1 cluster of 12, and 1 in none: /);
    // The fit's own warnings, in the command's words: these lines lie in one cell.
    expect(said.err).toMatch(/note: the median trip goes through \d+ cells? /);
    const { properties } = (await readTrajectories(at("clumps.csv"))).set;
    expect(properties.cluster).toEqual([...new Array(12).fill(0), -1]);
    expect(properties.confidence!.at(-1)).toBeNull();
  });
});

it("a table of labels that is no UTF-8 names the encoding", async () => {
  const bytes = Buffer.from("id,cluster,route\na\xf1o,0,x\n", "latin1");
  await writeFile(at("latin.csv"), bytes);
  await expect(run("evaluate", at("latin.csv"), "--truth-labels", "route")).rejects.toThrow(
    new FormatError(
      'an id and a label must be UTF-8, got "a\ufffdo" and "0"; \ufffd stands for bytes that are no UTF-8, as in a file of Latin-1 or Windows-1252: save it as UTF-8',
      { file: at("latin.csv"), line: 2 },
    ),
  );
});

it("a header of Latin-1 names the encoding", async () => {
  await writeFile(at("header.csv"), Buffer.from("id,l\xe4nge,breite\na,1,2\n", "latin1"));
  await expect(run("similar", at("header.csv"), "--id", "a")).rejects.toThrow(
    /got "id,l\ufffdnge,breite"; \ufffd stands for bytes that are no UTF-8, as in a file of Latin-1/,
  );
});

it("no command writes into a folder that it reads", async () => {
  const [few, elsewhere] = [at("few"), at("few-elsewhere.csv")];
  await mkdir(few);
  for (const name of ["1", "2"]) await writeGpx(path.join(few, `${name}.gpx`), lines([0, 0.001, 0.03]));
  const own = path.join(few, "1.gpx");
  const before = await readFile(own, "utf8");
  for (const [out, why] of [
    [own, "it is there already, and would be replaced"],
    [path.join(few, "new.json"), "what is written into a folder that is read, the next run reads too"],
    [path.join(few, "../few/new.csv"), "what is written into a folder that is read, the next run reads too"],
  ] as const) {
    for (const words of [
      ["cluster", few, "--k", "1", "--out", out],
      ["cluster", few, "--k", "1", "--out", elsewhere, "--lenient", "--skip-report", out],
      ["predict", few, "--model", "m.onnx", "--out", out],
      ["similar", few, "--id", "1/a", "--out", out],
      [
        "evaluate",
        at("lines.gpx"),
        "--truth",
        few,
        "--truth-labels",
        "route",
        "--lenient",
        "--skip-report",
        out,
      ],
    ]) {
      await expect(run(...words)).rejects.toThrow(`must lie outside of ${few}, `);
      await expect(run(...words)).rejects.toThrow(`got ${out}: ${why}`);
    }
  }
  const network = ["cluster", few, "--out", elsewhere, "--model"];
  await expect(run(...network, at("m.onnx"), "--checkpoint", path.join(few, "run"))).rejects.toThrow(
    "--checkpoint must lie outside of",
  );
  expect(await readFile(own, "utf8")).toBe(before);
  expect(await readdir(few)).toEqual(["1.gpx", "2.gpx"]);
  expect((await run("cluster", few, "--k", "1", "--out", elsewhere)).out).toContain(
    "6 trips in 1 cluster of",
  );
});

import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Random, TrajectorySet, ValueError } from "@wayweave/geo-core";
import { writeCsv, writeGeoJson } from "@wayweave/geo-core/node";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createProgram } from "../src/cli/program.js";
import { renderImages } from "../src/data/images.js";
import { writeImageFolder } from "../src/node/image-folder.js";

let folder: string;
const at = (name: string) => path.join(folder, name);

/** Three zigzags, 60 m wide, far from each other: planar ones, or as far apart in degrees. */
function zigzags(coordinateSystem: "planar" | "lonlat"): TrajectorySet {
  const unit = coordinateSystem === "planar" ? 1 : 1e-5;
  const points = [0, 500, 1000].map((x) =>
    Array.from({ length: 12 }, (_, i) => [(x + 5 * i) * unit, (20 * (i % 3) + 3 * i) * unit]),
  );
  return TrajectorySet.fromArrays(points, { coordinateSystem, ids: ["a", "b", "c"] });
}

/** What a command says on stdout. */
async function run(...words: string[]): Promise<string> {
  const out = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  const err = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  try {
    await createProgram()
      .exitOverride()
      .parseAsync(["node", "wayweave-trajcross", ...words]);
    return out.mock.calls.map(([text]) => String(text)).join("");
  } finally {
    out.mockRestore();
    err.mockRestore();
  }
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "trajcross-cli-"));
  const planar = zigzags("planar");
  await writeCsv(at("planar.csv"), planar);
  await writeGeoJson(at("lonlat.geojson"), zigzags("lonlat"));
  const images = renderImages(planar.slice(1, 2), new Random(1), { channels: 3, size: 128 });
  await writeImageFolder(folder, images, { ids: ["shot"], sidecar: "world" });
  await writeImageFolder(folder, images, { ids: ["nowhere"] });
  await rm(at("nowhere.json"));
  await run("index", at("planar.csv"), "--planar", "--out", at("planar.index"));
  await run("index", at("lonlat.geojson"), "--out", at("lonlat.index"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("options that would have no effect are errors that say why", () => {
  it("of reading, with an index, whose tracks were read before", async () => {
    const message = `must be left out with an index, whose tracks were read when it was made, got ${at("lonlat.index")}`;
    for (const [option, ...value] of [
      ["--crs", "EPSG:3857"],
      ["--times", "drop"],
      ["--skip-report", at("x")],
    ]) {
      await expect(run("find", at("lonlat.index"), at("shot.png"), option!, ...value)).rejects.toThrow(
        new ValueError(`${option} ${message}`),
      );
      await expect(run("index", at("lonlat.index"), "--out", at("y"), option!, ...value)).rejects.toThrow(
        new ValueError(`${option} ${message}`),
      );
    }
    await expect(run("find", at("lonlat.index"), at("shot.png"), "--planar")).rejects.toThrow(
      new ValueError(
        `--planar must be left out: the tracks of ${at("lonlat.index")} are in longitude and latitude`,
      ),
    );
  });

  it("of corners, where nothing says where they are", async () => {
    await expect(
      run("find", at("planar.index"), at("nowhere.png"), "--corner-tolerance", "0.05"),
    ).rejects.toThrow(/^--corner-tolerance must go with --bounds w,s,e,n, or with a \.json or a world file/);
  });

  it("of times and formats, as in every command that reads trips", async () => {
    await expect(
      run("find", at("planar.csv"), at("shot.png"), "--planar", "--crs", "EPSG:3857"),
    ).rejects.toThrow("--crs must be left out with --planar");
  });
});

describe("what acts", () => {
  it("an index knows whether its tracks are planar, and so what a world file's numbers are", async () => {
    for (const further of [[], ["--planar"], ["--lenient"], ["--corner-tolerance", "0"]]) {
      const found = JSON.parse(await run("find", at("planar.index"), at("shot.png"), "--json", ...further));
      expect([found.by, found.hits[0].id]).toEqual(["place", "b"]);
    }
  });

  it("what is broken is left out without being asked, and --lenient is taken all the same", async () => {
    await writeFile(at("broken.csv"), "id,x,y\na,0,0\na,1,1\na,2,zwei\n");
    for (const further of [[], ["--lenient"]]) {
      const words = ["index", at("broken.csv"), "--planar", "--out", at("broken.index"), ...further];
      expect(await run(...words)).toContain("1 tracks indexed");
    }
  });
});

it("index and find write nothing into a folder of tracks that they read", async () => {
  const few = at("few");
  const own = path.join(few, "1.csv");
  await mkdir(few);
  await writeCsv(own, zigzags("lonlat"));
  const before = await readFile(own, "utf8");
  await expect(run("index", few, "--out", own)).rejects.toThrow(
    new ValueError(
      `--out must lie outside of ${few}, the folder of the tracks, got ${own}: it is there already, and would be replaced`,
    ),
  );
  const page = path.join(few, "found.html");
  await expect(run("find", few, at("shot.png"), "--html", page)).rejects.toThrow(
    `--html must lie outside of ${few}`,
  );
  expect([await readFile(own, "utf8"), await readdir(few)]).toEqual([before, ["1.csv"]]);
});

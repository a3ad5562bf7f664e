import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Random, TrajectorySet, ValueError } from "@wayweave/geo-core";
import { writeCsv, writeGeoJson } from "@wayweave/geo-core/node";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createProgram } from "../src/cli/program.js";
import { verdict } from "../src/cli/verdict.js";
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
  return (await runBoth(...words)).out;
}

/** What a command says on stdout and stderr. */
async function runBoth(...words: string[]): Promise<{ out: string; err: string }> {
  const out = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  const err = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  try {
    await createProgram()
      .exitOverride()
      .parseAsync(["node", "wayweave-trajcross", ...words]);
    const [o, e] = [out, err].map(({ mock }) => mock.calls.map(([text]) => String(text)).join(""));
    return { out: o!, err: e! };
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
      expect(await run(...words)).toContain("1 track indexed");
    }
  });
});

it("index writes nothing into a folder of tracks that it reads", async () => {
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
  expect([await readFile(own, "utf8"), await readdir(few)]).toEqual([before, ["1.csv"]]);
});

/** A picture of planar track b with files beside it; the command finds it by place where its corners are known. */
async function beside(name: string, sidecars: Record<string, string>): Promise<string> {
  await copyFile(at("shot.png"), at(`${name}.png`));
  for (const [extension, text] of Object.entries(sidecars)) await writeFile(at(name + extension), text);
  return at(`${name}.png`);
}

describe("what lies beside a picture", () => {
  const ofPhotoService = '{"title":"photo.png","geoData":{"latitude":51.05,"longitude":13.74}}';
  /** Left, bottom, right, top of shot.png, from its world file: A, D, B, E, C, F with C, F the first pixel's middle. */
  const corners = async () => {
    const [a, , , e, c, f] = (await readFile(at("shot.pgw"), "utf8")).split("\n").map(Number) as number[];
    const [left, top] = [c! - a! / 2, f! - e! / 2];
    return [left, top + 128 * e!, left + 128 * a!, top];
  };

  it("that is a JSON but no sidecar is passed over and told, and the world file beside it is read", async () => {
    const world = await readFile(at("shot.pgw"), "utf8");
    const file = await beside("takeout", { ".json": ofPhotoService, ".pgw": world });
    const { out, err } = await runBoth("find", at("planar.index"), file, "--json");
    expect([JSON.parse(out).by, JSON.parse(out).hits[0].id]).toEqual(["place", "b"]);
    expect(err).toContain(
      "note: takeout.json does not say where the picture lies: it has none of upperLeft, lowerRight, coordinateSystem\n",
    );
  });

  it.each([
    ["a JSON of something else", { ".json": ofPhotoService }],
    ["a broken sidecar", { ".json": '{"upperLeft":[0,1' }],
    ["a broken world file", { ".pgw": "1 0 0" }],
    [
      "a sidecar of elsewhere",
      { ".json": '{"upperLeft":[0,9],"lowerRight":[9,0],"coordinateSystem":"lonlat"}' },
    ],
  ])("is not read with --bounds, be it %s", async (name, sidecars) => {
    const file = await beside(name.replaceAll(" ", "-"), sidecars as Record<string, string>);
    const bounds = (await corners()).join(",");
    const { out, err } = await runBoth("find", at("planar.index"), file, "--json", "--bounds", bounds);
    expect([JSON.parse(out).by, JSON.parse(out).hits[0].id, err]).toEqual(["place", "b", ""]);
  });

  it("is named where it is broken, with the ways out, and --no-sidecar is one", async () => {
    const file = await beside("cut", { ".pgw": "1 0 0" });
    await expect(run("find", at("planar.index"), file)).rejects.toThrow(
      'cut.pgw: a world file must hold six numbers, got "1 0 0"; the option bounds takes its place, and the option sidecar leaves it unread',
    );
    const found = JSON.parse(await run("find", at("planar.index"), file, "--json", "--no-sidecar"));
    expect(found.by).toBe("shape");
  });

  it("must have the tracks' kind of coordinates", async () => {
    const sidecar = '{"upperLeft":[0,9],"lowerRight":[9,0],"coordinateSystem":"lonlat"}';
    const file = await beside("degrees", { ".json": sidecar });
    await expect(run("find", at("planar.index"), file)).rejects.toThrow(
      'degrees.json: coordinateSystem must be "planar", as the tracks are, got "lonlat"; the option bounds takes its place',
    );
    const metres = await beside("metres", {
      ".json": '{"upperLeft":[500,9],"lowerRight":[900,0],"coordinateSystem":"lonlat"}',
    });
    await expect(run("find", at("lonlat.index"), metres)).rejects.toThrow(
      `the corners of ${metres} must be longitudes and latitudes, as the tracks are (--planar: tracks in metres), got 500,0,900,9; --bounds takes the place of`,
    );
  });
});

describe("what is checked before anything is read", () => {
  it.each([
    [["--bounds", "1,2,3"], '--bounds must be west,south,east,north, got "1,2,3"'],
    [["--bounds", "1,2,3,"], '--bounds must be a number, got ""'],
    [["--bounds", "1,5,3,2"], "--bounds must be west,south,east,north with south < north, got 1,5,3,2"],
    [
      ["--bounds", "1,2,1,3"],
      "--bounds must be west,south,east,north with west other than east, got 1,2,1,3",
    ],
    [
      ["--bounds", "100,2,500,3"],
      "--bounds must be longitudes and latitudes, as the tracks are (--planar: tracks in metres), got 100,2,500,3",
    ],
    [
      ["--bounds", "1,2,3,89"],
      "--bounds must be in Web Mercator, which ends at latitudes of ±85.05, got 1,2,3,89",
    ],
    [
      ["--bounds", "3,2,1,5", "--planar"],
      "--bounds must be west,south,east,north with west < east, got 3,2,1,5",
    ],
    [["--corner-tolerance", "0.2"], '--corner-tolerance must be in [0, 0.1], got "0.2"'],
  ])("%j", async (words, message) => {
    // Tracks that cannot be read would be told first, were they read first.
    await writeFile(at("unreadable.csv"), "Fahrt,Ost,Nord\n1,2,3\n");
    await expect(run("find", at("unreadable.csv"), at("shot.png"), ...words)).rejects.toThrow(
      new ValueError(message),
    );
  });
});

describe("tracks that are read otherwise than meant", () => {
  const row = (id: number, x: number, y: number) => `${id},${x},${y}`;
  /** Tracks of ten rows each, in metres; those from `kept` on lie beyond 90 to the north. */
  const metres = (tracks: number, kept: number) =>
    [
      "id,x,y",
      ...Array.from({ length: 10 * tracks }, (_, i) => {
        const id = Math.floor(i / 10);
        return row(id, i % 10, id < kept ? id : 100 + id);
      }),
    ].join("\n");

  it("metres taken for degrees are refused, with --planar, --crs and --lenient named", async () => {
    await writeFile(at("metres.csv"), metres(12, 8));
    const words = ["index", at("metres.csv"), "--out", at("metres.index")];
    await expect(run(...words)).rejects.toThrow(
      new ValueError(
        `${at("metres.csv")} must hold longitudes and latitudes, got 40 of 120 records out of range; positions out of range may be metres: --planar takes them as they are, --crs says of which coordinate system (EPSG:3857, a UTM zone); --lenient leaves them out all the same`,
      ),
    );
    expect(await run(...words, "--lenient")).toContain("8 tracks indexed");
    expect(await run(...words, "--planar")).toContain("12 tracks indexed");
  });

  it("a few positions out of range are left out and told, with the options named", async () => {
    await writeFile(at("few.csv"), metres(12, 11));
    const { out, err } = await runBoth("index", at("few.csv"), "--out", at("few.index"));
    expect(out).toContain("11 tracks indexed");
    expect(err).toContain(`left out: 10 × position out of range, first in ${at("few.csv")}:112\n`);
    expect(err).toContain(
      "note: positions out of range may be metres: --planar takes them as they are, --crs says",
    );
  });

  it("columns of other names are told once, with --columns named, and with it they are read", async () => {
    await writeFile(at("odd.csv"), "Fahrt,Ost,Nord\n1,13.7,51\n1,13.71,51.01\n");
    const words = ["index", at("odd.csv"), "--out", at("odd.index")];
    const said = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    await expect(
      createProgram()
        .exitOverride()
        .parseAsync(["node", "x", ...words]),
    ).rejects.toThrow(
      new ValueError(
        `${at("odd.csv")} must hold tracks, got none: ${at("odd.csv")}:1: the header must name longitude and latitude, or a line's geometry (--columns says which they are, --skip-lines leaves out lines before the header), got "Fahrt,Ost,Nord"`,
      ),
    );
    const lines = said.mock.calls.map(([text]) => text);
    said.mockRestore();
    expect(lines).toEqual([
      `left out: 1 × missing column, first in ${at("odd.csv")}:1\n`,
      "note: --columns says which columns of a table are longitude and latitude: id=trip,lon=x,lat=y,time=when\n",
    ]);
    expect(await run(...words, "--columns", "Fahrt,Ost,Nord")).toContain("1 track indexed");
  });

  it("train and evaluate take the same options, and refuse the same", async () => {
    await writeFile(at("metres.csv"), metres(12, 8));
    await expect(run("evaluate", at("metres.csv"))).rejects.toThrow("40 of 120 records out of range");
    await expect(run("train", at("metres.csv"), "--out", at("model"))).rejects.toThrow("--planar takes them");
    await expect(run("evaluate", at("odd.csv"), "--columns", "Fahrt,Ost,Nord")).rejects.toThrow(
      "must hold tracks of at least 20 points (--length)",
    );
  });
});

describe("tracks that no map in Web Mercator shows", () => {
  const row = (id: string, lat: number) => `${id},10,${lat}\n${id},10.1,${lat}\n`;
  const left = (count: number) =>
    `left out: ${count} × track beyond latitudes of ±85.05, where Web Mercator ends, first "north"\n`;

  it("are left out and told, on stderr and in the report, and the others are searched", async () => {
    await writeFile(
      at("polar.csv"),
      `id,lon,lat\n${row("a", 50)}${row("north", 89)}${row("b", -85)}${row("south", -86)}`,
    );
    const report = at("polar-report.json");
    const { out, err } = await runBoth(
      ...["index", at("polar.csv"), "--out", at("polar.index"), "--skip-report", report],
    );
    expect(out).toContain("2 tracks indexed");
    expect(err).toContain(left(2));
    expect(JSON.parse(await readFile(report, "utf8"))).toMatchObject({
      source: at("polar.csv"),
      skipped: [
        { reason: "track beyond latitudes of ±85.05, where Web Mercator ends", count: 2, first: "north" },
      ],
    });
    const found = await runBoth("find", at("polar.csv"), at("nowhere.png"), "--json");
    expect(found.err).toContain(left(2));
    expect(
      JSON.parse(found.out)
        .hits.map(({ id }: { id: string }) => id)
        .sort(),
    ).toEqual(["a", "b"]);
  });

  it("are an error where there are no others", async () => {
    await writeFile(at("pole.csv"), `id,lon,lat\n${row("north", 89)}`);
    await expect(run("index", at("pole.csv"), "--out", at("pole.index"))).rejects.toThrow(
      new ValueError(
        `${at("pole.csv")} must hold tracks that a map shows, got 1 × track beyond latitudes of ±85.05, where Web Mercator ends`,
      ),
    );
  });
});

it("a folder without tracks is named, with what is looked for", async () => {
  await mkdir(at("no-tracks"));
  await expect(run("find", at("no-tracks"), at("nowhere.png"))).rejects.toThrow(
    `${at("no-tracks")} must hold a file of trips (`,
  );
});

describe("how sure the answer is", () => {
  const hits = (...scores: number[]) => scores.map((score) => ({ score }));

  it("is told of the first, of all where they look alike, or of none", () => {
    expect(verdict(hits(0.75, 0.1), 0.75)).toBe("the first is right with a probability of 75 %");
    expect(verdict(hits(0.25, 0.25, 0.125), 0.25)).toBe(
      "the first is right with a probability of 25 %, one of these 3 with 63 %: they look alike",
    );
    expect(verdict(hits(0.25, 0.125), 0.25)).toBe(
      "the first is right with a probability of 25 %; probably it is none of these",
    );
  });
});

it("corners that no track touches are told, longitude first", async () => {
  const words = ["find", at("lonlat.geojson"), at("nowhere.png"), "--bounds"];
  // The tracks lie at 0 to 0.011 degrees of longitude and 0 to 0.0008 of latitude.
  expect((await runBoth(...words, "51,13,52,14")).err).toContain(
    "note: no track lies within the picture's corners 51,13,52,14 (west,south,east,north: longitude comes first); the tracks lie within 0,0,0.0106,0.0007\n",
  );
  expect((await runBoth(...words, "0,0,0.02,0.02")).err).not.toContain("no track lies within");
});

it("corners that no track of an index touches are told too", async () => {
  const err = async (index: string, bounds: string) =>
    (await runBoth("find", at(index), at("nowhere.png"), "--bounds", bounds)).err;
  expect(await err("lonlat.index", "51,13,52,14")).toBe(
    "note: no track lies within the picture's corners 51,13,52,14 (west,south,east,north: longitude comes first); the tracks lie within 0,0,0.0106,0.0007\n",
  );
  // Between the first and the second of the three tracks: within the box around all of them.
  expect(await err("lonlat.index", "0.001,0,0.004,0.0007")).toContain("no track lies within");
  expect(await err("lonlat.index", "0,0,0.02,0.02")).toBe("");
  // The tracks lie at 0 to 1055 and 0 to 73.
  expect(await err("planar.index", "2000,0,3000,50")).toBe(
    "note: no track lies within the picture's corners 2000,0,3000,50 (west,south,east,north: x comes first); the tracks lie within 0,0,1055,73\n",
  );
  expect(await err("planar.index", "0,0,3000,50")).toBe("");
});

it("tracks across the antimeridian lie within corners on both sides of it", async () => {
  await writeFile(at("fiji.csv"), "id,lon,lat\na,179.9,-17\na,-179.9,-17.05\n");
  await run("index", at("fiji.csv"), "--out", at("fiji.index"));
  const err = async (bounds: string) =>
    (await runBoth("find", at("fiji.index"), at("nowhere.png"), "--bounds", bounds)).err;
  for (const bounds of ["-180,-17.1,-179.9,-16.9", "179.9,-17.1,180,-16.9", "179,-18,-179,-16"]) {
    expect(await err(bounds)).toBe("");
  }
  expect(await err("-10,-18,10,-16")).toContain("the tracks lie within 179.9,-17.05,-179.9,-17\n");
});

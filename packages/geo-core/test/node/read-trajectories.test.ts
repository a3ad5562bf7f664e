import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs } from "../../../../vitest.runs.js";
import { ValueError } from "../../src/index.js";
import { readGpx, readTrajectories, writeCsv, writeGpx, writeParquet } from "../../src/node/index.js";
import { anySet, saidBy } from "../support/arbitrary-set.js";
import { temporaryFiles } from "./helpers.js";

const file = temporaryFiles();
const track = (lat: number, time = "") =>
  `<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg><trkpt lat="${lat}" lon="1">${time}</trkpt></trkseg></trk></gpx>`;

describe("readTrajectories of a path", () => {
  it("reads a folder whose first file has no times, and says what it did not open", async () => {
    file("rides/00-plan.gpx", track(1));
    const last = file("rides/b/ride.gpx", track(2, "<time>2024-06-01T12:00:00Z</time>"));
    file("rides/c.csv", "id,lon,lat\nx,5,6\n");
    file("rides/notes.md", "x");
    const folder = last.slice(0, last.indexOf("/b/ride.gpx"));
    const { set, report } = await readTrajectories(folder);
    expect([...set.coordinates]).toEqual([1, 1, 1, 2, 5, 6]);
    expect([...set.timesMs!]).toEqual([Number.NaN, Date.UTC(2024, 5, 1, 12), Number.NaN]);
    expect(report).toMatchObject({
      files: 3,
      formats: { gpx: 2, csv: 1 },
      otherFiles: [`${folder}/notes.md`],
    });
  });

  it("names a broken file, or counts it and reads the others", async () => {
    file("mixed/a.gpx", "<gpx><trk>");
    const folder = file("mixed/b.gpx", track(3)).slice(0, -"/b.gpx".length);
    await expect(readTrajectories(folder)).rejects.toThrow(`${folder}/a.gpx:1:11: broken XML`);
    const { set, report } = await readTrajectories(folder, { lenient: true });
    expect([set.length, report.damagedFiles]).toMatchObject([1, [{ reason: "broken XML", count: 1 }]]);
  });
});

const infinite = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

/** Whether a set was written; a refusal must be a ValueError with one of `problems`. */
async function isWritten(write: () => Promise<void>, problems: RegExp): Promise<boolean> {
  try {
    await write();
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(ValueError);
    expect(String(error)).toMatch(problems);
    return false;
  }
}

describe("read(write(x)) = x", () => {
  it("Parquet: any set, planar ones too", async () => {
    const path = file("any.parquet", "");
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom("lonlat" as const, "planar" as const).chain((system) => anySet(system, { infinite })),
        async (set) => {
          if (!(await isWritten(() => writeParquet(path, set), /must be finite to be JSON/))) return;
          const { coordinateSystem } = set;
          expect(saidBy((await readTrajectories(path, { coordinateSystem })).set)).toEqual(saidBy(set));
        },
      ),
      { numRuns: runs(80) },
    );
  });

  it.each([
    ["CSV", "rows.csv", writeCsv],
    ["Parquet", "rows.parquet", writeParquet],
  ] as const)("%s, a row a point: any set, or what cannot be told is named", async (_, name, write) => {
    const path = file(name, "");
    const problems =
      /must have points where rows are points|ids must differ|must have two points for properties|must be finite to be JSON|must not hold line breaks/;
    await fc.assert(
      fc.asyncProperty(anySet("lonlat", { infinite }), async (set) => {
        if (!(await isWritten(() => write(path, set, { layout: "points" }), problems))) return;
        expect(saidBy((await readTrajectories(path)).set)).toEqual(saidBy(set));
      }),
      { numRuns: runs(80) },
    );
  });

  it("GPX: written whole or not at all", async () => {
    const path = file("any.gpx", "");
    await fc.assert(
      fc.asyncProperty(anySet(), async (set) => {
        await writeGpx(path, set);
        expect(saidBy((await readGpx(path)).trajectories)).toEqual(saidBy(set));
      }),
      { numRuns: 20 },
    );
    const planar = (await readTrajectories(path)).set;
    const before = readFileSync(path, "utf8");
    await expect(
      writeGpx(path, planar, { attributes: { a: Array.from({ length: 9 }, () => 1) } }),
    ).rejects.toThrow("writeGpx: attributes.a must have length");
    expect(readFileSync(path, "utf8")).toBe(before);
  });
});

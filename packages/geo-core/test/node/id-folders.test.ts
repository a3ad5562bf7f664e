import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readTrajectories } from "../../src/node/index.js";

const gpx = (lat: number) =>
  `<gpx><trk><trkseg><trkpt lat="${lat}" lon="1"/><trkpt lat="${lat}" lon="2"/></trkseg></trk></gpx>`;
const kml = "<kml><Placemark><LineString><coordinates>1,2 3,4</coordinates></LineString></Placemark></kml>";
const bytes = (text: string) => new TextEncoder().encode(text);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ids-"));
  for (const year of ["2023", "2024"]) {
    await mkdir(join(folder, "rides", year), { recursive: true });
    await writeFile(join(folder, "rides", year, "ride.gpx"), gpx(Number(year) / 100));
  }
  await writeFile(join(folder, "rides", "other.gpx"), gpx(3));
  await mkdir(join(folder, "maps"));
  for (const name of ["a", "b"])
    await writeFile(join(folder, "maps", `${name}.kmz`), zipSync({ "doc.kml": bytes(kml) }));
  await writeFile(
    join(folder, "all.zip"),
    zipSync({ "x/t.gpx": bytes(gpx(1)), "y/t.gpx": bytes(gpx(2)), "u.gpx": bytes(gpx(3)) }),
  );
});
afterAll(() => rm(folder, { recursive: true }));

const idsOf = async (name: string) => (await readTrajectories(join(folder, name))).set.ids;

describe("ids made of files' names", () => {
  it("have their folder before them where two files of a folder or zip have one name", async () => {
    expect(await idsOf("rides")).toEqual(["2023/ride/0/0", "2024/ride/0/0", "other/0/0"]);
    expect(await idsOf("all.zip")).toEqual(["u/0/0", "x/t/0/0", "y/t/0/0"]);
  });

  it("have their archive's name before them where archives are read together", async () => {
    expect(await idsOf("maps")).toEqual(["a/doc/0", "b/doc/0"]);
    expect(await idsOf("maps/a.kmz")).toEqual(["doc/0"]);
  });
});

import { describe, expect, it } from "vitest";
import { readTrajectories } from "../../src/index.js";

/** So long that whatever takes time by the square of it does not end before a test's limit. */
const LONG = 2_000_000;

const read = (name: string, content: string) =>
  readTrajectories(new File([content], name), { lenient: true });

describe("a long run of one character takes time by its length", () => {
  it.each(["[", "(", "_", " "])("in a column's name: %s", async (char) => {
    const { set } = await read("a.csv", `id,lat,lon,note${char.repeat(LONG)}x\na,48,11,b\na,49,12,b\n`);
    expect(set.pointCount).toBe(2);
  });

  it("in a cell that might be an angle", async () => {
    const { set, report } = await read(
      "a.csv",
      `id,lat,lon\na,48,11\na,49,12\na,${"1".repeat(LONG)}N,12\na,${`1 ${" ".repeat(LONG)} x`},12\n`,
    );
    expect([set.pointCount, report.skipped.reduce((sum, { count }) => sum + count, 0)]).toEqual([2, 2]);
  });

  it("among the coordinates of KML", async () => {
    const { set } = await read(
      "a.kml",
      `<kml xmlns="http://www.opengis.net/kml/2.2"><Placemark><LineString><coordinates>11,48${" ".repeat(LONG)}12 , 49</coordinates></LineString></Placemark></kml>`,
    );
    expect([...set.coordinates]).toEqual([11, 48, 12, 49]);
  });

  it("in a file without a name that tells its format", async () => {
    expect((await read("a", ",".repeat(LONG))).set.length).toBe(0);
    expect((await read("a", "x".repeat(LONG))).set.length).toBe(0);
  });
});

import { describe, expect, it } from "vitest";
import { readTrajectories } from "../../src/index.js";
import { readGolden } from "../support/golden.js";

/** Values of gpxpy and PROJ: scripts/parity/geo-core_readers.py. */
const { gpx, projected } = readGolden<{
  gpx: {
    text: string;
    segments: [lon: number, lat: number, elevation: number | null, timeMs: number | null][][];
  };
  projected: { crs: string; lonLat: [number, number][]; xy: [number, number][] }[];
}>("readers.json");

const read = (name: string, text: string, options = {}) =>
  readTrajectories([{ name, data: new TextEncoder().encode(text) }], options);

describe("values of other libraries", () => {
  it("gpxpy: positions, heights and times", async () => {
    const { set } = await read("a.gpx", gpx.text);
    const points = gpx.segments.flat();
    expect([...set.offsets]).toEqual([0, gpx.segments[0]!.length, points.length]);
    expect([...set.coordinates]).toEqual(points.flatMap((point) => point.slice(0, 2)));
    expect([...set.timesMs!]).toEqual(points.map(([, , , timeMs]) => timeMs ?? Number.NaN));
    expect([...(set.pointColumns.elevationMeters as Float64Array)]).toEqual(
      points.map(([, , z]) => z ?? Number.NaN),
    );
  });

  it.each(projected)("PROJ: $crs within a millimetre", async ({ crs, lonLat, xy }) => {
    const rows = xy.map(([x, y]) => `a,${x},${y}\n`).join("");
    const { set } = await read("a.csv", `id,x,y\n${rows}`, { crs });
    for (const [i, [lon, lat]] of lonLat.entries()) {
      // 1e-8° is a millimetre.
      expect(Math.abs(set.coordinates[2 * i]! - lon)).toBeLessThan(1e-8);
      expect(Math.abs(set.coordinates[2 * i + 1]! - lat)).toBeLessThan(1e-8);
    }
  });
});

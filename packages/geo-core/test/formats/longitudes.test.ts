import { describe, expect, it } from "vitest";
import { type ReadTrajectoriesOptions, readTrajectories } from "../../src/index.js";

const read = async (longitudes: readonly number[], options: ReadTrajectoriesOptions = {}) => {
  const text = `lon,lat\n${longitudes.map((lon) => `${lon},10\n`).join("")}`;
  const { set, report } = await readTrajectories(
    [{ name: "a.csv", data: new TextEncoder().encode(text) }],
    options,
  );
  return { longitudes: [...set.coordinates].filter((_, i) => i % 2 === 0), report };
};

describe("longitudes from 0 to 360", () => {
  it("are told by a trajectory as a whole, and counted", async () => {
    const { longitudes, report } = await read([178, 181, 200, 250]);
    expect(longitudes).toEqual([178, -179, -160, -110]);
    expect(report.mended).toMatchObject([{ reason: "longitude of 0 to 360", count: 3 }]);
    expect((await read([358, 359, 0.5, 1])).longitudes).toEqual([-2, -1, 0.5, 1]); // over Greenwich
    expect((await read([285, 286])).longitudes).toEqual([-75, -74]);
  });

  it.each([
    ["one stray number", [10, 250, 11]],
    ["a leap", [10, 250, 251]],
    ["a negative one beside them", [-5, 355, 350]],
    ["a single point", [250]],
    ["more than 360", [350, 361]],
  ])("are no convention with %s", async (_, longitudes) => {
    await expect(read(longitudes)).rejects.toThrow("a position must be a longitude in [-180, 180]");
  });

  it("are read or refused as the option says, which messages name", async () => {
    await expect(read([10, 250, 11])).rejects.toThrow(
      'a position must be a longitude in [-180, 180] and a latitude in [-90, 90] (longitudes: "360" counts from 0 to 360), got [250, 10]',
    );
    expect((await read([10, 250, 11], { longitudes: "360" })).longitudes).toEqual([10, -110, 11]);
    await expect(read([285, 286], { longitudes: "180" })).rejects.toThrow("got [285, 10]");
    expect((await read([179, 181], { longitudes: "180" })).longitudes).toEqual([179, -179]);
    await expect(read([1], { longitudes: "0-360" } as object)).rejects.toThrow(
      'readTrajectories: longitudes must be one of auto, 180, 360, got "0-360"',
    );
  });

  it("are left alone on the plane", async () => {
    expect((await read([285, 286], { coordinateSystem: "planar" })).longitudes).toEqual([285, 286]);
  });
});

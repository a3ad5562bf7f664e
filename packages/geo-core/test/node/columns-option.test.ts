import { describe, expect, it } from "vitest";
import { readTrajectories, TrajectorySet, ValueError } from "../../src/index.js";
import { readCsv, readParquet, writeParquet } from "../../src/node/index.js";
import { temporaryFiles } from "./helpers.js";

const file = temporaryFiles();
const rows = "Länge,Breite,t\n1,2,0\n3,4,1\n";
const lines = 'linie,name\n"LINESTRING (1 2, 3 4)",a\n"[[1, 2], [3, 4]]",b\n';

describe("the option columns", () => {
  it("needs no layout where the columns that it names tell it, and no format of lines", async () => {
    const points = await readCsv(file("points.csv", rows), { columns: { x: "Länge", y: "Breite" } });
    expect([...points.trajectories.coordinates]).toEqual([1, 2, 3, 4]);
    const { trajectories } = await readCsv(file("lines.csv", lines), {
      columns: { polyline: "linie", id: "name" },
    });
    expect(trajectories.ids).toEqual(["a", "b"]);
    expect([...trajectories.coordinates]).toEqual([1, 2, 3, 4, 1, 2, 3, 4]);
    const data = new TextEncoder().encode(rows);
    const { set } = await readTrajectories([{ name: "a.csv", data }], { columns: { x: 0, y: 1, time: 2 } });
    expect([...set.timesMs!]).toEqual([0, 1000]);
  });

  it("of Parquet too; what CSV calls a polyline is its geometry", async () => {
    const set = new TrajectorySet({
      coordinates: Float64Array.of(1, 2, 3, 4),
      offsets: Uint32Array.of(0, 2),
      ids: ["a"],
      timesMs: Float64Array.of(0, 1000),
    });
    const path = file("points.parquet", "");
    await writeParquet(path, set, { layout: "points" });
    const points = await readParquet(path, { columns: { x: "lon", y: "lat", id: "id", time: "time" } });
    expect([...points.trajectories]).toEqual([...set]);
    await writeParquet(path, set);
    const columns = { geometry: "geometry", id: "id", times: "times" };
    expect([...(await readParquet(path, { columns })).trajectories]).toEqual([...set]);
    const { readTrajectories: readPath } = await import("../../src/node/index.js");
    const read = await readPath(path, { columns: { polyline: "geometry", id: "id", times: "times" } });
    expect([...read.set]).toEqual([...set]);
  });

  it.each([
    [
      { id: "name" },
      'readCsv: columns must name x and y where a row is a point, or polyline where a row is a trajectory (layout: "points" or "trajectories" says which), got id',
    ],
    [
      { x: "a", y: "b", polyline: "c" },
      "readCsv: columns must name x and y where a row is a point, or polyline",
    ],
    [{ x: "a" }, "readCsv: columns.y must name a column, got none"],
    [{ layout: "points", y: "a" }, "readCsv: columns.x must name a column, got none"],
    [{ layout: "trajectories", id: "a" }, "readCsv: columns.polyline must name a column, got none"],
    [{ x: "a", y: "b", tiem: "c" }, 'readCsv: columns: unknown option "tiem"; did you mean "time"?'],
    [
      { x: "a", y: "b", times: "c" },
      'readCsv: columns of points: unknown option "times"; did you mean "time"?',
    ],
    [{ layout: "rows", x: "a" }, 'readCsv: columns.layout must be one of points, trajectories, got "rows"'],
  ])("%o is refused with what helps", async (columns, message) => {
    const path = file("points.csv", rows);
    await expect(readCsv(path, { columns: columns as never })).rejects.toThrow(ValueError);
    await expect(readCsv(path, { columns: columns as never })).rejects.toThrow(message);
  });
});

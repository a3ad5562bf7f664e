import { readTrajectories, TrajectorySet } from "@wayweave/geo-core";
import { describe, expect, it } from "vitest";
import { CsvTable } from "../src/cli/csv-table.js";

const trips = (ids: string[], columns: Parameters<TrajectorySet["with"]>[0]) =>
  TrajectorySet.fromArrays(
    ids.map((_, i) => [
      [i, 1],
      [i, 2],
    ]),
    { ids },
  ).with(columns);

async function written(table: CsvTable, sets: readonly TrajectorySet[]): Promise<string> {
  async function* all() {
    yield* sets;
  }
  let text = "";
  for await (const part of table.text(all())) text += part;
  return text;
}

describe("CsvTable", () => {
  it("keeps the columns of points and trips, batch after batch", async () => {
    const table = new CsvTable(["cluster"]);
    const text = await written(table, [
      trips(["a", "b"], {
        pointColumns: { speed: Float64Array.of(1, 2, 3, 4) },
        properties: { driver: ["x", "y"], cluster: [0, 1] },
      }),
      // All points of c have one speed, which a reader takes for a value of the trip.
      trips(["c"], { pointColumns: {}, properties: { speed: [5], driver: [null], cluster: [1] } }),
    ]);
    expect(text.split("\n")).toEqual([
      "id,polyline,speed[],driver,cluster",
      'a,"LINESTRING (0 1, 0 2)","[1,2]",x,0',
      'b,"LINESTRING (1 1, 1 2)","[3,4]",y,1',
      'c,"LINESTRING (0 1, 0 2)","[5,5]",,1',
      "",
    ]);
    expect(table.leftOut.size).toBe(0);
    const { set } = await readTrajectories(new File([text], "a.csv"));
    expect(set.properties.driver).toEqual(["x", "y", null]);
  });

  it("tells what the header of the first batch has no place for", async () => {
    const table = new CsvTable(["cluster"]);
    const text = await written(table, [
      trips(["a"], { properties: { driver: ["x"], cluster: [0] } }),
      trips(["b", "c"], { properties: { driver: ["1", "2"], colour: ["red", "blue"], cluster: [0, 0] } }),
    ]);
    expect(text.split("\n").slice(0, 4)).toEqual([
      "id,polyline,driver,cluster",
      'a,"LINESTRING (0 1, 0 2)",x,0',
      'b,"LINESTRING (0 1, 0 2)","1",0',
      'c,"LINESTRING (1 1, 1 2)","2",0',
    ]);
    expect([...table.leftOut]).toEqual([["colour", 2]]);
  });

  it("tells of times that the first batch has not", async () => {
    const table = new CsvTable(["cluster"]);
    const { coordinates, offsets } = trips(["b", "c"], {});
    const timed = new TrajectorySet({ coordinates, offsets, timesMs: Float64Array.of(0, 1000, 0, 1000) });
    await written(table, [trips(["a"], {}), timed, timed]);
    expect([...table.leftOut]).toEqual([["times", 4]]);
  });
});

import { describe, expect, it } from "vitest";
import { readPorto } from "../../src/node/index.js";
import { temporaryFiles, zipOf } from "./helpers.js";

const file = temporaryFiles();
const HEADER =
  '"TRIP_ID","CALL_TYPE","ORIGIN_CALL","ORIGIN_STAND","TAXI_ID","TIMESTAMP","DAY_TYPE","MISSING_DATA","POLYLINE"';
const row = (polyline: string, missing = "False", timestamp = "1372636858") =>
  `"T1","C","","","20000589","${timestamp}","A","${missing}","${polyline}"`;

describe("readPorto", () => {
  it("spaces a trip's points 15 s apart from its timestamp", async () => {
    const path = file("train.csv", `${HEADER}\r\n${row("[[-8.61,41.14],[-8.62,41.15],[-8.63,41.16]]")}\r\n`);
    const { trajectories, trips, report } = await readPorto(path);
    expect(trajectories.at(0)).toEqual({
      id: "T1",
      coordinates: Float64Array.of(-8.61, 41.14, -8.62, 41.15, -8.63, 41.16),
      timesMs: Float64Array.of(1372636858000, 1372636873000, 1372636888000),
    });
    expect(trips).toEqual([
      {
        taxiId: "20000589",
        callType: "C",
        originCall: undefined,
        originStand: undefined,
        dayType: "A",
        isMissingData: false,
      },
    ]);
    expect(report.kept).toBe(1);
  });

  it("reads rows without TAXI_ID and CALL_TYPE, and files without their columns", async () => {
    const bare = file("bare.csv", 'POLYLINE,TIMESTAMP,TRIP_ID\n"[[-8.61,41.14]]",1372636858,T1\n');
    const { trips } = await readPorto(bare);
    expect(trips[0]).toMatchObject({ taxiId: undefined, callType: undefined, isMissingData: false });
  });

  it("leaves out trips without points or with missing data, and says so", async () => {
    const rows = [row("[]"), row("[[-8.61,41.14]]", "True"), row("[[-8.61,41.14]]")].join("\n");
    const path = file("train.zip", zipOf([{ name: "train.csv", content: `${HEADER}\n${rows}` }]));
    const { trajectories, report } = await readPorto(path);
    expect(trajectories.length).toBe(1);
    expect(report.skipped).toEqual([
      { reason: "no points", count: 1, firstAt: { file: `${path}/train.csv`, line: 2 } },
      { reason: "missing data", count: 1, firstAt: { file: `${path}/train.csv`, line: 3 } },
    ]);
    const kept = await readPorto(path, { missingData: "keep" });
    expect(kept.trips.map(({ isMissingData }) => isMissingData)).toEqual([true, false]);
  });

  it.each([
    ["polyline", row("[[-8.61,41.14"), 'POLYLINE: a polyline must be JSON, got "[[-8.61,41.14"'],
    ["position", row("[[-8.61]]"), "POLYLINE: position 0 must be [x, y], got [-8.61]"],
    [
      "deep nest",
      row(`[${"[".repeat(100_000)}${"]".repeat(100_000)}]`),
      "POLYLINE: position 0 must be [x, y], got a deeply nested object",
    ],
    ["timestamp", row("[[-8.61,41.14]]", "False", "soon"), 'TIMESTAMP must be Unix seconds, got "soon"'],
    ["flag", row("[[-8.61,41.14]]", "maybe"), 'MISSING_DATA must be True or False, got "maybe"'],
    ["range", row("[[-8.61,41.14],[-8.61,141.14]]"), "a position must be a longitude in [-180, 180]"],
    ["fields", '"T1","C"', "a row must have 9 fields, got 2"],
    ["quotes", '"T1","C', "quotes must enclose whole fields"],
  ])("names the place of a broken %s", async (_, line, message) => {
    const path = file("broken.csv", `${HEADER}\n${line}\n`);
    await expect(readPorto(path)).rejects.toThrow(`${path}:2: ${message}`);
    const { report } = await readPorto(path, { lenient: true });
    expect(report).toMatchObject({ records: 1, kept: 0, skipped: [{ count: 1 }] });
  });

  it("refuses a header without POLYLINE", async () => {
    const path = file("other.csv", "TRIP_ID,TIMESTAMP\n1,2\n");
    await expect(readPorto(path)).rejects.toThrow(`${path}:1: the header must name POLYLINE`);
  });
});

import { dirname } from "node:path";
import { describe, expect, it } from "vitest";
import { readCabspotting } from "../../src/node/index.js";
import { temporaryFiles } from "./helpers.js";

const file = temporaryFiles();
/** Two trips with a vacant minute between, from old to new. */
const OLD_TO_NEW = ["37.1 -122.1 1 100", "37.2 -122.2 1 160", "37.3 -122.3 0 220", "37.4 -122.4 1 280"];

describe("readCabspotting", () => {
  it("cuts trips at vacant lines, whichever way the file runs", async () => {
    const forward = file("forward/new_abc.txt", OLD_TO_NEW.join("\n"));
    const backward = file("backward/new_abc.txt", `${OLD_TO_NEW.toReversed().join("\n")}\n`);
    const read = await readCabspotting(dirname(forward));
    expect(read.cabs).toEqual(["abc", "abc"]);
    expect(read.trajectories.at(0)).toEqual({
      id: "abc/100",
      coordinates: Float64Array.of(-122.1, 37.1, -122.2, 37.2),
      timesMs: Float64Array.of(100_000, 160_000),
    });
    expect(read.report).toEqual({
      files: 1,
      records: 4,
      kept: 3,
      skipped: [{ reason: "vacant", count: 1, firstAt: { file: forward, line: 3 } }],
      mended: [],
      damagedFiles: [],
      times: { untimed: 0, repeated: 0, backward: 0 },
    });
    const { trajectories } = await readCabspotting(dirname(backward));
    expect([...trajectories].toReversed()).toEqual([...read.trajectories]);
  });

  it.each([
    ["flag", "37.1 -122.1 2 40", '5:13: occupied must be 0 or 1, got "2"'],
    [
      "order",
      "37.1 -122.1 1 100",
      "5: times must increase, got 1970-01-01T00:01:40.000Z after 1970-01-01T00:04:40.000Z",
    ],
    ["double space", "37.1  -122.1 1 400", "5: a line must have 4 fields"],
  ])("names the place of a broken %s", async (_, line, message) => {
    const path = file("new_x.txt", [...OLD_TO_NEW, line].join("\n"));
    await expect(readCabspotting(path)).rejects.toThrow(`${path}:${message}`);
    expect((await readCabspotting(path, { lenient: true })).report).toMatchObject({ records: 5, kept: 3 });
  });
});

import { describe, expect, it } from "vitest";
import { slidingWindows } from "../../src/index.js";
import { readUcy } from "../../src/node/index.js";
import { temporaryFiles } from "./helpers.js";

const file = temporaryFiles();

describe("readUcy", () => {
  it("gathers each pedestrian's interleaved lines, 0.4 s a step", async () => {
    const path = file(
      "students.txt",
      "0.0\t1.0\t11.2\t3.7\n0\t2\t11.4\t3.2\r\n10.0 1.0  11.3   3.6\n10\t2\t11.5\t3.1",
    );
    const { trajectories, scenes, report } = await readUcy(path);
    expect(trajectories.coordinateSystem).toBe("planar");
    expect(scenes).toEqual(["students", "students"]);
    expect([...trajectories]).toEqual([
      {
        id: "students/1",
        coordinates: Float64Array.of(11.2, 3.7, 11.3, 3.6),
        timesMs: Float64Array.of(0, 400),
      },
      {
        id: "students/2",
        coordinates: Float64Array.of(11.4, 3.2, 11.5, 3.1),
        timesMs: Float64Array.of(0, 400),
      },
    ]);
    expect(report.kept).toBe(4);
  });

  it("takes another frame step and interval", async () => {
    const path = file("eth.txt", "6 1 0 0\n12 1 1 0\n");
    const { trajectories } = await readUcy(path, { frameStep: 6, frameIntervalMs: 500 });
    expect([...trajectories.timesMs!]).toEqual([500, 1000]);
    await expect(async () => readUcy(path, { frameStep: 0 })).rejects.toThrow(
      "readUcy: frameStep must be a positive finite number, got 0",
    );
  });

  it("gives windows of consecutive frames only", async () => {
    // Pedestrian 1 is seen in frames 0–40 and, after a gap, 60–90: runs of 5 and 4.
    const frames = [0, 10, 20, 30, 40, 60, 70, 80, 90];
    const path = file("gap.txt", frames.map((frame) => `${frame} 1 ${frame / 10} 0`).join("\n"));
    const { trajectories } = await readUcy(path);
    const windows = slidingWindows(trajectories, { length: 3, maxGapMs: 400 });
    expect(windows.set.length).toBe(3 + 2); // (5 − 3 + 1) + (4 − 3 + 1)
  });

  it.each([
    ["number", "0 1 x 0", '1:5: x must be a number, got "x"'],
    ["infinite number", "0 1 1e999 0", '1:5: x must be a number, got "1e999"'],
    ["line", "0 1 2", "1: a line must have 4 fields"],
    ["longer line", "0 1 2 3 4", "1: a line must have 4 fields"],
    ["order", "10 1 2 3\n0 1 2 3", "2: times must increase"],
  ])("names the place of a broken %s", async (_, text, message) => {
    const path = file("broken.txt", text);
    await expect(readUcy(path)).rejects.toThrow(`${path}:${message}`);
  });
});

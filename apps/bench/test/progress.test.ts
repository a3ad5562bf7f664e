import { describe, expect, it } from "vitest";
import { formatBytes, formatEstimate, formatSeconds, formatValue } from "../src/results/format.js";
import { TimeLeft } from "../src/runner/progress.js";

const row = { system: "A", dataset: "B", seed: 1 };

const at = (done: number, fresh = done) => ({ experiment: "e", row, done, total: 10, fresh });

describe("TimeLeft", () => {
  it("goes by the pace of what this run did itself, not by what was on disk", () => {
    const left = new TimeLeft();
    left.after(at(5, 1), 0);
    // From 5 to 7 of 10 in 10 s: the 3 that are left take 15 s.
    expect(left.after(at(7, 3), 10_000)).toBe(15);
  });

  it("does not count the time before the first thing done: data are loaded then", () => {
    const left = new TimeLeft();
    expect(left.after(at(0), 0)).toBeUndefined();
    expect(left.after(at(0.0001), 60_000)).toBeUndefined();
    expect(left.after(at(1.0001), 70_000)).toBeCloseTo(90, 2);
  });

  it("says nothing after a first tiny step, however long it took", () => {
    const left = new TimeLeft();
    left.after(at(0.001), 0);
    expect(left.after(at(0.01), 10_000)).toBeUndefined();
    expect(left.after(at(0.4), 10_000)).toBeUndefined();
    expect(left.after(at(0.6), 10_000)).toBeDefined();
  });

  it("says nothing at once, nor where all was on disk", () => {
    const left = new TimeLeft();
    left.after(at(1), 0);
    expect(left.after(at(5), 900)).toBeUndefined();
    expect(new TimeLeft().after(at(4, 0), 10_000)).toBeUndefined();
  });
});

describe("formats", () => {
  it("shows values by their unit", () => {
    expect(formatValue("t2iTop1", 69.83)).toBe("69.8");
    expect(formatValue("t2iTop1", 0.42)).toBe("0.42");
    expect(formatValue("nmi", 0.8567)).toBe("0.857");
    expect(formatValue("medianMs", 0.012345)).toBe("0.0123 ms");
    expect(formatValue("trajectories", 86112)).toBe("86,112");
    expect(formatValue("speedup", 12.34)).toBe("12.3×");
  });

  it("shows the range of a few seeds, the half-width of the interval of many, and nothing for one", () => {
    expect(formatEstimate("nmi", { mean: 0.485, low: 0.45, high: 0.52, values: [0.45, 0.52] })).toBe(
      "0.485 (0.450–0.520)",
    );
    const large = { mean: 9000, low: 7766, high: 9500, values: [7000, 8000, 9500, 10_000, 10_500] };
    expect(formatEstimate("medianMs", large)).toBe("9,000 ms ±1,234");
    expect(formatEstimate("nmi", { mean: 0.5, low: 0.5, high: 0.5, values: [0.5] })).toBe("0.500");
  });

  it("shows durations and sizes", () => {
    expect([0.0123, 0.9999, 5.678, 59.99, 75, 3599.8, 3700, 7170].map(formatSeconds)).toEqual([
      "12 ms",
      "1.0 s",
      "5.7 s",
      "1 min 0 s",
      "1 min 15 s",
      "1 h 0 min",
      "1 h 2 min",
      "2 h 0 min",
    ]);
    expect([999, 298_000_000].map(formatBytes)).toEqual(["999 bytes", "298.0 MB"]);
  });
});

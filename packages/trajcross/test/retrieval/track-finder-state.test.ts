import { TrajectorySet, ValueError, WEB_MERCATOR_LIMIT_METERS } from "@wayweave/geo-core";
import { describe, expect, it } from "vitest";
import { TrackFinder } from "../../src/retrieval/track-finder.js";
import type { Picture } from "../../src/retrieval/track-finder-types.js";
import type { LineReader, LineReading } from "../../src/tracing/line-reader.js";

const [columns, rows] = [20, 20];

/** A reader that sees a line from left to right through the middle of every picture. */
function middleReader(onRead: () => void = () => {}): LineReader {
  const line = new Float32Array(columns * rows);
  line.fill(0.9, 10 * columns, 11 * columns);
  const reading: LineReading = { columns, rows, line, ends: new Float32Array(columns * rows) };
  const read = async () => {
    onRead();
    return reading;
  };
  return { read, dispose: async () => {} } as unknown as LineReader;
}

const picture: Picture = { width: 40, height: 40, channels: 3, data: new Uint8Array(40 * 40 * 3).fill(255) };

/** Tracks from west to east, one above the other, named by a letter and their number. */
function lines(letter: string, count: number, system: "planar" | "lonlat" = "planar"): TrajectorySet {
  const points = Array.from({ length: count }, (_, i) => [
    [0, i / 1000],
    [1, i / 1000],
  ]);
  return TrajectorySet.fromArrays(points, {
    coordinateSystem: system,
    ids: points.map((_, i) => `${letter}${i}`),
  });
}

function idsOf(finder: TrackFinder): string[] {
  return Array.from(finder.contents().tracks.set, ({ id }) => id);
}

describe("TrackFinder.add", () => {
  it("adds what is asked for at the same time in the order of the calls", async () => {
    const finder = new TrackFinder(middleReader());
    const many = lines("a", 3000);
    await Promise.all([finder.add(many), finder.add(lines("b", 1)), finder.add(lines("c", 2))]);
    expect(idsOf(finder)).toEqual([...Array.from(many, ({ id }) => id), "b0", "c0", "c1"]);
  });

  it("refuses the second of two kinds that are added at the same time", async () => {
    const finder = new TrackFinder(middleReader());
    const both = [finder.add(lines("a", 1, "lonlat")), finder.add(lines("b", 1, "planar"))];
    const [first, second] = await Promise.allSettled(both);
    expect(first!.status).toBe("fulfilled");
    expect(second).toMatchObject({
      status: "rejected",
      reason: new ValueError("TrackFinder.add: set must be lonlat as those before, got planar"),
    });
    expect(idsOf(finder)).toEqual(["a0"]);
  });

  it("goes on after an addition that failed or was stopped", async () => {
    const finder = new TrackFinder(middleReader());
    const stopped = finder.add(lines("a", 10, "lonlat"), { signal: AbortSignal.abort(new Error("enough")) });
    const next = finder.add(lines("b", 2));
    await expect(stopped).rejects.toThrow("enough");
    await next;
    expect(idsOf(finder)).toEqual(["b0", "b1"]);
  });

  it.each([
    [{ signal: null }, "signal must be an AbortSignal, got null"],
    [{ onProgress: null }, "onProgress must be a function, got null"],
    [{ onProgress: 5 }, "onProgress must be a function, got a value of type number"],
  ])("refuses %j", async (options, message) => {
    const finder = new TrackFinder(middleReader());
    await expect(finder.add(lines("a", 1), options as never)).rejects.toThrow(
      new ValueError(`TrackFinder.add: ${message}`),
    );
    expect(finder.size).toBe(0);
  });

  it("names the track whose latitude Web Mercator does not have", async () => {
    const finder = new TrackFinder(middleReader());
    const polar = TrajectorySet.fromArrays(
      [
        [
          [0, 1],
          [1, 1],
        ],
        [
          [0, 80],
          [1, 89],
        ],
      ],
      { ids: ["tropical", "polar"] },
    );
    await expect(finder.add(polar)).rejects.toThrow(
      new ValueError(
        'TrackFinder.add: latitudes must be within ±85.05, where Web Mercator ends, got 89 in trajectory 1 ("polar")',
      ),
    );
    expect(finder.size).toBe(0);
  });
});

describe("TrackFinder.find", () => {
  const bounds: [number, number, number, number] = [0, -1, 1, 1];

  it("answers from the tracks that are there when it is asked, whatever is added meanwhile", async () => {
    let finder: TrackFinder;
    let adding: Promise<void> | undefined;
    finder = new TrackFinder(
      middleReader(() => {
        adding ??= finder.add(lines("late", 3));
      }),
    );
    await finder.add(lines("a", 2));
    const { hits } = await finder.find(picture, { bounds, k: 10 });
    await adding;
    expect(hits.map(({ id }) => id).sort()).toEqual(["a0", "a1"]);
    expect(finder.size).toBe(5);
  });

  it.each([
    [{ bounds }, "place"],
    [{}, "shape"],
  ])("gives k hits where more are asked for than candidates: %j", async (corners, by) => {
    const finder = new TrackFinder(middleReader());
    await finder.add(lines("a", 80));
    const found = await finder.find(picture, { ...corners, k: 60 });
    expect([found.by, found.hits.length]).toEqual([by, 60]);
    const fewer = await finder.find(picture, { ...corners, k: 20, candidates: 10, without: [0, 1, 2, 2] });
    expect(fewer.hits.length).toBe(20);
    expect(fewer.hits.map(({ index }) => index)).not.toContain(1);
  });

  it.each([
    [{ bounds: null }, "bounds must be four numbers, west, south, east, north, got null"],
    [{ signal: null }, "signal must be an AbortSignal, got null"],
    [{ signal: 5 }, "signal must be an AbortSignal, got a value of type number"],
    [{ without: ["a"] }, 'without must hold the index of a track, below 2, got "a"'],
    [{ without: [0, 2] }, "without must hold the index of a track, below 2, got 2"],
  ])("refuses %j", async (options, message) => {
    const finder = new TrackFinder(middleReader());
    await finder.add(lines("a", 2));
    await expect(finder.find(picture, options as never)).rejects.toThrow(
      new ValueError(`TrackFinder.find: ${message}`),
    );
  });

  it("refuses a picture whose numbers are no colours", async () => {
    const finder = new TrackFinder(middleReader());
    await finder.add(lines("a", 2));
    for (const [value, got] of [
      [Number.NaN, "NaN"],
      [-1, "-1"],
      [256, "256"],
    ] as const) {
      const data = Float32Array.from(picture.data);
      data[7] = value;
      await expect(finder.find({ ...picture, data: data as never })).rejects.toThrow(
        new ValueError(`TrackFinder.find: picture.data[7] must be in [0, 255], got ${got}`),
      );
    }
  });
});

describe("TrackFinder.onPicture", () => {
  /** 0.15 degrees across, in 400 pixels: 2666.67 pixels a degree. */
  const square: Picture = { ...picture, width: 400, height: 400, data: new Uint8Array(400 * 400 * 3) };

  it.each([
    // From 179.9 to 180.1: 0.1 degrees west of the picture to 0.1 east of its left edge at −180.
    ["east of the antimeridian", [-180, -17.12, -179.85, -16.92], [-266.67, 266.67]],
    // Its right edge at 180: 0.05 degrees after the left edge at 179.85, and 0.25 after it.
    ["west of it", [179.85, -17.12, 180, -16.92], [133.33, 666.67]],
    ["across it", [179.925, -17.12, -179.925, -16.92], [-66.67, 466.67]],
  ])("draws a track across the antimeridian onto a picture %s", async (_, bounds, expected) => {
    const finder = new TrackFinder(middleReader());
    const there = [
      [179.9, -17],
      [-179.9, -17.05],
    ];
    await finder.add(TrajectorySet.fromArrays([there, [...there].reverse()]));
    const forth = finder.onPicture(0, square, bounds as never)!;
    const back = finder.onPicture(1, square, bounds as never)!;
    expect([forth[0]!, forth[2]!].map((x) => Number(x.toFixed(2)))).toEqual(expected);
    expect([back[2]!, back[0]!].map((x) => Number(x.toFixed(2)))).toEqual(expected);
    expect(forth[1]).toBeGreaterThan(0);
    expect(forth[3]).toBeLessThan(400);
  });

  it("draws a planar track where it is, however far away", async () => {
    const finder = new TrackFinder(middleReader());
    const far = 2 * WEB_MERCATOR_LIMIT_METERS;
    const points = [
      [far, 1],
      [far + 1, 1],
    ];
    await finder.add(TrajectorySet.fromArrays([points], { coordinateSystem: "planar" }));
    expect(finder.onPicture(0, square, [0, 0, 4, 4])![0]).toBeCloseTo(100 * far, 0);
  });
});

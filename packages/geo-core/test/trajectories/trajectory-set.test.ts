import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TrajectorySet } from "../../src/index.js";
import { contents, trajectorySets } from "../support/arbitraries.js";

const three = TrajectorySet.fromArrays(
  [
    [
      [0, 0, 10],
      [1, 0, 20],
    ],
    [[2, 0, 30]],
    [
      [3, 0, 40],
      [4, 0, 50],
      [5, 0, 60],
    ],
  ],
  { withTimes: true },
);

describe("TrajectorySet", () => {
  it("views, not copies", () => {
    expect(three.length).toBe(3);
    expect(three.pointCount).toBe(6);
    expect(three.pointCountOf(2)).toBe(3);
    const { id, coordinates, timesMs } = three.at(2);
    expect(id).toBe("2");
    expect([...coordinates]).toEqual([3, 0, 4, 0, 5, 0]);
    expect([...timesMs!]).toEqual([40, 50, 60]);
    expect(coordinates.buffer).toBe(three.coordinates.buffer);
  });

  it("names what is wrong", () => {
    const offsets = Uint32Array.of(0, 1);
    expect(() => new TrajectorySet({ coordinates: Float64Array.of(0), offsets })).toThrow(
      "TrajectorySet: coordinates must have length 2 (2 × 1 points), got 1",
    );
    expect(() => new TrajectorySet({ coordinates: Float64Array.of(0, 91), offsets })).toThrow(
      "TrajectorySet: point 0 must be a longitude in [-180, 180] and a latitude in [-90, 90], got [0, 91]",
    );
    expect(
      () => new TrajectorySet({ coordinates: Float64Array.of(0, 0), offsets: Uint32Array.of(1, 1) }),
    ).toThrow("TrajectorySet: offsets[0] must be 0, got 1");
    expect(
      () => new TrajectorySet({ coordinates: new Float64Array(0), offsets: Uint32Array.of(0, 2, 1) }),
    ).toThrow("TrajectorySet: offsets must not decrease, got 1 after 2 at index 2");
    const timesMs = Float64Array.of(Number.POSITIVE_INFINITY);
    expect(() => new TrajectorySet({ coordinates: Float64Array.of(0, 0), offsets, timesMs })).toThrow(
      "TrajectorySet: timesMs[0] must be within ±8640000000000000, or NaN for a point without time, got Infinity",
    );
    expect(() => three.at(3)).toThrow("TrajectorySet: index must be an integer in [0, 3), got 3");
  });

  it("skips the checks of values, not of lengths, with validate: false", () => {
    const offsets = Uint32Array.of(0, 1);
    const trusted = { validate: false };
    expect(new TrajectorySet({ coordinates: Float64Array.of(0, 91), offsets }, trusted).length).toBe(1);
    expect(() => new TrajectorySet({ coordinates: Float64Array.of(0), offsets }, trusted)).toThrow(
      "TrajectorySet: coordinates must have length 2",
    );
  });
});

describe("TrajectorySet.fromArrays", () => {
  it("refuses positions of the wrong width", () => {
    expect(() => TrajectorySet.fromArrays([[[0, 0], [1]]])).toThrow(
      "TrajectorySet.fromArrays: a position of trajectory 0 must hold 2 numbers, got 1",
    );
  });
});

describe("TrajectorySet.slice", () => {
  it("copies no point and keeps ids", () => {
    const tail = three.slice(1, 3);
    expect([...tail.offsets]).toEqual([0, 1, 4]);
    expect(tail.at(0).id).toBe("1");
    expect(tail.coordinates.buffer).toBe(three.coordinates.buffer);
    expect(tail.timesMs!.buffer).toBe(three.timesMs!.buffer);
  });

  it("refuses a range that is none", () => {
    expect(() => three.slice(2, 1)).toThrow(
      "TrajectorySet.slice: start and end must be integers with 0 ≤ start ≤ end ≤ 3, got 2 and 1",
    );
  });
});

describe("TrajectorySet.select", () => {
  it("takes any order, with repeats", () => {
    expect(contents(three.select([2, 0, 2]))).toEqual(
      [2, 0, 2].map((i) => (contents(three) as unknown[])[i]),
    );
  });

  it("shares the columns for a run of neighbours", () => {
    expect(three.select([1, 2]).coordinates.buffer).toBe(three.coordinates.buffer);
    expect(three.select([]).length).toBe(0);
  });
});

describe("TrajectorySet, laws", () => {
  it("two halves concatenated are the whole", () => {
    fc.assert(
      fc.property(trajectorySets("lonlat"), fc.nat(5), (set, at) => {
        const middle = Math.min(at, set.length);
        const joined = TrajectorySet.concat([set.slice(0, middle), set.slice(middle)]);
        expect(contents(joined)).toEqual(contents(set));
      }),
    );
  });

  it("selecting every index is the identity", () => {
    fc.assert(
      fc.property(trajectorySets("planar"), (set) => {
        const all = Array.from({ length: set.length }, (_, i) => i);
        expect(contents(set.select(all))).toEqual(contents(set));
        expect(contents(set.select([...all].reverse()).select([...all].reverse()))).toEqual(contents(set));
      }),
    );
  });

  it.each(["copy", "move", "share"] as const)("survives a structured clone (%s), slices included", (mode) => {
    fc.assert(
      fc.property(trajectorySets("lonlat"), fc.nat(5), (set, at) => {
        const part = set.slice(Math.min(at, set.length));
        const expected = contents(part);
        const { message, transfer } = part.toTransferable(mode);
        const received = TrajectorySet.fromTransferable(structuredClone(message, { transfer }));
        expect(contents(received)).toEqual(expected);
      }),
    );
  });
});

describe("TrajectorySet.concat", () => {
  it("numbers what has no id by its place in the result, and joins timed with untimed", () => {
    const named = TrajectorySet.fromArrays([[[0, 0]]], { ids: ["a"] });
    const unnamed = TrajectorySet.fromArrays([[[1, 1]], [[2, 2]]]);
    const joined = TrajectorySet.concat([named, unnamed]);
    expect(Array.from(joined, ({ id }) => id)).toEqual(["a", "1", "2"]);
    const timed = TrajectorySet.fromArrays([[[3, 3, 5]]], { withTimes: true });
    expect([...TrajectorySet.concat([named, timed]).timesMs!]).toEqual([Number.NaN, 5]);
    expect(() => TrajectorySet.concat([])).toThrow(
      "TrajectorySet.concat: sets must hold at least one, got 0",
    );
  });
});

describe("TrajectorySet.toTransferable", () => {
  it("moves its own buffers and copies views of larger ones", () => {
    const whole = TrajectorySet.fromArrays([
      [
        [0, 0],
        [1, 1],
      ],
      [[2, 2]],
    ]);
    const part = whole.slice(0, 1).toTransferable("move");
    expect(part.message.coordinates.buffer).not.toBe(whole.coordinates.buffer);
    const moved = whole.toTransferable("move");
    expect(moved.message.coordinates.buffer).toBe(whole.coordinates.buffer);
    structuredClone(moved.message, { transfer: moved.transfer });
    expect(whole.coordinates.length).toBe(0); // detached
  });

  it("shares memory: what one side writes the other reads", () => {
    const { message, transfer } = three.toTransferable("share");
    expect(transfer).toEqual([]);
    const received = TrajectorySet.fromTransferable(structuredClone(message));
    message.coordinates[0] = 7;
    expect(received.coordinates[0]).toBe(7);
  });
});

describe("TrajectorySet of arrays that are not what they seem", () => {
  type Wrong = readonly [arrays: unknown, options: unknown, message: string];
  const where = "TrajectorySet.fromArrays";
  it.each<Wrong>([
    [[[[null, null]]], {}, `${where}: x of position 0 of trajectory 0 must be a number, got null`],
    [[[[1, 2]], [[3, ""]]], {}, `${where}: y of position 0 of trajectory 1 must be a number, got ""`],
    [[[["1", 2]]], {}, `${where}: x of position 0 of trajectory 0 must be a number, got "1"`],
    [[[[1n, 2n]]], {}, `${where}: x of position 0 of trajectory 0 must be a number, got 1`],
    [[[[1, 2, null]]], { withTimes: true }, "time of position 0 of trajectory 0 must be a number, got null"],
    [[[[1, 2, "2024-01-01"]]], { withTimes: true }, 'must be a number, got "2024-01-01"'],
    [[[null]], {}, `${where}: a position of trajectory 0 must hold 2 numbers, got null`],
    [[["12"]], {}, `${where}: a position of trajectory 0 must hold 2 numbers, got "12"`],
    ["12", {}, `${where}: trajectories must be an array, got "12"`],
    [[[[1, 2]]], { ids: "a" }, 'TrajectorySet: ids must be an array, got "a"'],
    [[[[1, 2]]], { withTimes: "no" }, `${where}: withTimes must be true or false, got "no"`],
  ])("%#", (arrays, options, message) => {
    expect(() => TrajectorySet.fromArrays(arrays as never, options as never)).toThrow(message);
  });

  it("takes array-likes, and no time as NaN", () => {
    const set = TrajectorySet.fromArrays({ length: 1, 0: [Float64Array.of(1, 2, Number.NaN)] } as never, {
      withTimes: true,
    });
    expect([...set.coordinates]).toEqual([1, 2]);
    expect(set.timesMs?.[0]).toBeNaN();
  });

  it("the constructor takes the columns' own types only", () => {
    const offsets = Uint32Array.of(0, 1);
    for (const coordinates of [[1, 2], Float32Array.of(1, 2), [1n, 2n]])
      expect(() => new TrajectorySet({ coordinates: coordinates as never, offsets })).toThrow(
        "coordinates must be a Float64Array",
      );
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TrajectorySetBuilder } from "../../src/index.js";
import { contents, trajectorySets } from "../support/arbitraries.js";

describe("TrajectorySetBuilder", () => {
  it("rebuilds any set, with discarded trajectories in between", () => {
    fc.assert(
      fc.property(trajectorySets("lonlat"), (set) => {
        const builder = new TrajectorySetBuilder({ withTimes: true });
        for (const { id, coordinates, timesMs } of set) {
          builder.begin("never kept");
          builder.addPoint(1, 2, 3);
          expect(builder.discard()).toBe(1);
          builder.begin(id);
          for (let i = 0; i < timesMs!.length; i++) {
            builder.addPoint(coordinates[2 * i]!, coordinates[2 * i + 1]!, timesMs![i]);
          }
          builder.end();
        }
        expect(contents(builder.build())).toEqual(contents(set));
      }),
    );
  });

  it("grows beyond its first columns: 1,000 trajectories of 3 points", () => {
    const builder = new TrajectorySetBuilder({ coordinateSystem: "planar" });
    for (let i = 0; i < 1000; i++) {
      builder.begin();
      for (let j = 0; j < 3; j++) builder.addPoint(3 * i + j, -i);
      expect(builder.end()).toBe(i);
    }
    const set = builder.build();
    expect(set.length).toBe(1000);
    expect([...set.at(999).coordinates]).toEqual([2997, -999, 2998, -999, 2999, -999]);
    expect(set.ids).toBeUndefined();
  });

  it("numbers trajectories without id once one has an id", () => {
    const builder = new TrajectorySetBuilder();
    builder.begin();
    builder.end();
    builder.begin("b");
    builder.end();
    builder.begin();
    builder.end();
    expect(builder.build().ids).toEqual(["0", "b", "2"]);
  });

  it("goes on after build, which copied", () => {
    const builder = new TrajectorySetBuilder();
    builder.begin();
    builder.addPoint(1, 1);
    builder.end();
    const first = builder.build();
    builder.begin();
    builder.addPoint(2, 2);
    expect(builder.openPointCount).toBe(1);
    builder.end();
    expect(first.length).toBe(1);
    expect(builder.build().length).toBe(2);
  });

  it("names what is wrong", () => {
    const builder = new TrajectorySetBuilder({ withTimes: true });
    expect(() => builder.addPoint(0, 0, 0)).toThrow("TrajectorySetBuilder.addPoint: call begin() first");
    builder.begin();
    expect(() => builder.begin()).toThrow("TrajectorySetBuilder.begin: call end() or discard() first");
    expect(() => builder.build()).toThrow("TrajectorySetBuilder.build: call end() or discard() first");
    expect(() => builder.addPoint(Number.NaN, 0, 0)).toThrow(
      "TrajectorySetBuilder.addPoint: a position must be a longitude in [-180, 180] and a latitude in [-90, 90], got [NaN, 0]",
    );
    expect(() => builder.addPoint(0, 0)).toThrow(
      "TrajectorySetBuilder.addPoint: timeMs must be within ±8640000000000000, or NaN for a point without time, got undefined",
    );
    const withoutTimes = new TrajectorySetBuilder();
    withoutTimes.begin();
    expect(() => withoutTimes.addPoint(0, 0, 0)).toThrow(
      "TrajectorySetBuilder.addPoint: timeMs must be absent without withTimes",
    );
  });
});

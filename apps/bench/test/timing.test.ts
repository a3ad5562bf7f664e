import { expect, it } from "vitest";
import { timeQueries } from "../src/experiments/gmr-tree/systems/timing.js";
import { syntheticContext } from "./synthetic-context.js";

it("queries are warmed up by the last ones, then run in turn, as often as there are passes", async () => {
  const asked: number[] = [];
  const durations = await timeQueries(
    syntheticContext(),
    { available: 10, measured: 3, warmUp: 2, passes: 3 },
    (query) => asked.push(query),
  );
  expect(asked).toEqual([9, 8, 0, 1, 2, 0, 1, 2, 0, 1, 2]);
  expect(durations).toHaveLength(3);
});

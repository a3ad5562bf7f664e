import { vi } from "vitest";

type Module = typeof import("../src/datasets/synthetic-trips.js");

const { syntheticTrips: make } = await vi.importActual<Module>("../src/datasets/synthetic-trips.js");
const made = new Map<string, ReturnType<typeof make>>();

/** A city of thousands of trips, made once a test file: what `vi.mock` puts in `synthetic-trips.js`'s place. */
export const syntheticTrips: Module["syntheticTrips"] = (...asked) => {
  const key = JSON.stringify(asked);
  const trips = made.get(key) ?? make(...asked);
  made.set(key, trips);
  return trips;
};

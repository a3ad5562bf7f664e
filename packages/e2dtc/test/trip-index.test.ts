import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Random, TrajectorySet } from "@wayweave/geo-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TripIndex } from "../src/similarity/trip-index.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "trip-index-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Embeds a trip as its first position. */
const firstPlaces = {
  embed: async (set: TrajectorySet) =>
    Float32Array.from({ length: 2 * set.length }, (_, i) => set.at(i >> 1).coordinates[i % 2]!),
};
const trip = (x: number, y: number) => [
  [x, y],
  [x + 1, y],
];

describe("TripIndex", () => {
  it("finds what brute force finds, of equal ones the smaller index first", async () => {
    const random = new Random(3);
    const [count, dimensions] = [300, 4];
    // Whole numbers make equal distances.
    const embeddings = Float32Array.from({ length: count * dimensions }, () => random.integer(4));
    const index = new TripIndex({ embeddings, dimensions });
    for (let q = 0; q < 20; q++) {
      const query = Float32Array.from({ length: dimensions }, () => random.integer(4));
      const all = Array.from({ length: count }, (_, i) => ({
        index: i,
        distance: Math.hypot(...query.map((value, j) => value - embeddings[i * dimensions + j]!)),
      }));
      all.sort((a, b) => a.distance - b.distance || a.index - b.index);
      const hits = await index.nearest(query, { k: 7 });
      expect(hits.map((hit) => hit.index)).toEqual(all.slice(0, 7).map((each) => each.index));
      for (const [i, hit] of hits.entries()) expect(hit.distance).toBeCloseTo(all[i]!.distance, 6);
    }
    expect(await index.nearest(embeddings.subarray(0, 4), { k: 1000 })).toHaveLength(count);
  });

  it("embeds trips by its model, and is the same once saved and loaded", async () => {
    const index = new TripIndex(firstPlaces);
    await index.add(TrajectorySet.fromArrays([trip(0, 0), trip(3, 4)], { ids: ["a", "b"] }));
    await index.add(TrajectorySet.fromArrays([trip(1, 0)], { ids: ["c"] }));
    const query = TrajectorySet.fromArrays([trip(0, 0)]);
    const hits = await index.nearest(query, { k: 3 });
    expect(hits).toEqual([
      { index: 0, id: "a", distance: 0 },
      { index: 2, id: "c", distance: 1 },
      { index: 1, id: "b", distance: 5 },
    ]);
    const file = path.join(folder, "trips.index");
    await index.save(file);
    const loaded = await TripIndex.load(file, firstPlaces);
    expect(await loaded.nearest(query, { k: 3 })).toEqual(hits);
    expect(await readdir(folder)).toEqual(["trips.index"]);
    const plain = await TripIndex.load(file);
    expect(await plain.nearestMany(Float32Array.of(0, 0, 3, 4), { k: 1 })).toEqual([
      [hits[0]],
      [{ ...hits[2], distance: 0 }],
    ]);
    await expect(plain.nearest(query, { k: 1 })).rejects.toThrow(
      "TripIndex.nearest: an index of embeddings needs a model",
    );
  });

  it("says what is wrong, and adds nothing where embedding fails", async () => {
    expect(() => new TripIndex({ embeddings: new Float32Array(5), dimensions: 2 })).toThrow(
      "TripIndex: embeddings must have a multiple of 2 values (dimensions), got 5",
    );
    expect(() => new TripIndex({ embeddings: Float32Array.of(1, Number.NaN), dimensions: 2 })).toThrow(
      "TripIndex: embeddings[1] must be finite, got NaN",
    );
    const index = new TripIndex({ embeddings: Float32Array.of(1, 2), dimensions: 2 });
    await expect(index.nearest(Float32Array.of(1), { k: 1 })).rejects.toThrow(
      "TripIndex.nearest: an embedding must have length 2, got 1",
    );
    await expect(index.nearest(Float32Array.of(1, 2), { k: 0 })).rejects.toThrow(
      "k must be a positive integer, got 0",
    );
    await expect(index.nearest(Float32Array.of(1, 2), { kk: 1, k: 1 } as never)).rejects.toThrow(
      'unknown option "kk"',
    );
    const failing = new TripIndex({ embed: () => Promise.reject(new Error("no")) });
    await expect(failing.add(TrajectorySet.fromArrays([trip(0, 0)]))).rejects.toThrow("no");
    expect(failing.size).toBe(0);
    await expect(failing.nearest(Float32Array.of(1, 2), { k: 1 })).rejects.toThrow(
      "the index must hold trips",
    );
    const file = path.join(folder, "other");
    await writeFile(file, "x");
    await expect(TripIndex.load(file)).rejects.toMatchObject({ name: "FormatError" });
  });
});

import { slidingWindows, TrajectorySet } from "@wayweave/geo-core";
import { describe, expect, it } from "vitest";
import { trainBaseline } from "../src/baselines/baseline.js";
import { buildPairs } from "../src/data/pairs.js";
import { fitNormalization, fromOrigin } from "../src/model/normalization.js";
import { type Trained, trainTrajCross } from "../src/training/train-trajcross.js";
import { walks } from "./walks.js";

const images = { size: 32 };

/** The same crowd somewhere else: web maps count metres from the equator, where float32 tells only whole metres apart. */
function pairsAt(moveX: number, moveY: number) {
  const { coordinates, offsets } = walks(20);
  const moved = coordinates.map((value, i) => value + (i % 2 === 0 ? moveX : moveY));
  const set = new TrajectorySet({ coordinates: moved, offsets, coordinateSystem: "planar" });
  return buildPairs(slidingWindows(set, { length: 20 }), {
    split: { trainCount: 80, testCount: 20 },
    images,
  });
}

const near = pairsAt(0, 0);
const far = pairsAt(1.5e7, 6e6);

function largestDifference(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i]!)), 0);
}

/** What a model makes of its test pairs. */
async function embed({ model }: Trained, { trajectories, images: shown }: typeof near.test) {
  const rows = [await model.encodeTrajectories(trajectories), await model.encodeImages(shown)] as const;
  await model.dispose();
  return rows;
}

describe("far from the origin", () => {
  it.each(["default", "paper"] as const)(
    "a crowd trains and embeds as it does beside it (%s)",
    async (preset) => {
      const options = {
        preset,
        model: { imageSize: 32, embeddingSize: 16 },
        train: { epochs: 1, batchSize: 16 },
        engine: "ort-cpu",
        seed: 3,
      } as const;
      const beside = await trainTrajCross(near.train, options);
      const away = await trainTrajCross(far.train, options);
      expect(away.losses[0]).toBeCloseTo(beside.losses[0]!, 3);
      const [nearRows, farRows] = [await embed(beside, near.test), await embed(away, far.test)];
      // Rows of length 1; with positions to the metre the baseline's differ by 0.03.
      for (const kind of [0, 1] as const) {
        expect(largestDifference(nearRows[kind], farRows[kind])).toBeLessThan(5e-3);
      }
    },
  );

  it("a baseline does too", async () => {
    const options = {
      config: { batchSize: 16, embeddingSize: 16, epochs: 1 },
      engine: "ort-cpu",
      seed: 3,
    } as const;
    const rows = async ({ train, test }: typeof near) => {
      const baseline = await trainBaseline("dbrlm", train, options);
      const encoded = [
        await baseline.encodeTrajectories(test.trajectories),
        await baseline.encodeImages(test.images),
      ] as const;
      await baseline.dispose();
      return encoded;
    };
    const [beside, away] = [await rows(near), await rows(far)];
    for (const kind of [0, 1] as const) {
      expect(largestDifference(beside[kind], away[kind])).toBeLessThan(5e-3);
    }
  });
});

describe("fromOrigin", () => {
  it("takes the origin off before it rounds", () => {
    const coordinates = Float64Array.of(1.5e7 + 0.25, 6e6 - 0.125, 1.5e7 - 0.25, 6e6 + 0.125);
    const normalization = fitNormalization(
      new TrajectorySet({ coordinates, offsets: Uint32Array.of(0, 2), coordinateSystem: "planar" }),
    );
    // The mean is (1.5·10⁷, 6·10⁶); float32 has no number between 1.5·10⁷ and 1.5·10⁷ + 1.
    expect([...fromOrigin(coordinates, normalization)]).toEqual([0.25, -0.125, -0.25, 0.125]);
  });
});

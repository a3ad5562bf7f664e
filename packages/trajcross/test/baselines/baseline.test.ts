import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { type Baseline, trainBaseline } from "../../src/baselines/baseline.js";
import { type BaselineName, baselineNames } from "../../src/baselines/config.js";
import type { PairSet } from "../../src/data/pairs.js";
import { few, small, test, train } from "./pairs.js";

const engine = { engine: "ort-cpu", threads: 1 } as const;

function trainSmall<Name extends BaselineName>(name: Name): Promise<Baseline<Name>> {
  return trainBaseline(name, train, { config: small[name], seed: 0, ...engine });
}

/** Two steps on few pairs. */
function trainBriefly<Name extends BaselineName>(name: Name, seed = 0): Promise<Baseline<Name>> {
  const config = name === "cca" ? small[name] : { ...small[name], epochs: 1 };
  return trainBaseline(name, few, { config, seed, ...engine });
}

/** The share of trajectories whose image is among the first five of all test images. */
async function top5(baseline: Baseline, { trajectories, images }: PairSet): Promise<number> {
  const queries = await baseline.encodeTrajectories(trajectories);
  const gallery = await baseline.encodeImages(images);
  const n = trajectories.length;
  const width = queries.length / n;
  const score = (i: number, j: number) => {
    let sum = 0;
    for (let k = 0; k < width; k++) sum += queries[i * width + k]! * gallery[j * width + k]!;
    return sum;
  };
  const indices = Array.from({ length: n }, (_, i) => i);
  const rank = (i: number) => indices.filter((j) => score(i, j) >= score(i, i)).length;
  return indices.filter((i) => rank(i) <= 5).length / n;
}

describe("trainBaseline", () => {
  it.each(baselineNames)(
    "%s finds partners three times as often as chance, and its loss falls",
    async (name) => {
      const baseline = await trainSmall(name);
      try {
        expect(await top5(baseline, test)).toBeGreaterThan((3 * 5) / 60);
        const losses = baseline.history.map(({ loss }) => loss);
        if (name === "cca") {
          expect(losses).toEqual([]);
          const correlations = [...baseline.correlations!];
          expect(correlations).toHaveLength(24);
          expect(correlations[0]).toBeGreaterThan(0.9);
          expect(correlations).toEqual([...correlations].sort((a, b) => b - a));
        } else {
          expect(losses).toHaveLength((baseline.config as { epochs: number }).epochs);
          // MOCO's loss first rises, while its queues fill with keys that are no longer random.
          expect(losses.at(-1)).toBeLessThan(Math.max(...losses));
        }
      } finally {
        await baseline.dispose();
      }
    },
  );

  it.each(baselineNames)("%s is the same from the same seed, and sees where an image lies", async (name) => {
    const [first, again] = [await trainBriefly(name), await trainBriefly(name)];
    const moved = { ...test.images, extents: test.images.extents.map((meters) => meters + 3) };
    const rows = await first.encodeImages(test.images);
    expect(await again.encodeImages(test.images)).toEqual(rows);
    expect(await again.encodeImages(moved)).not.toEqual(rows);
    await Promise.all([first.dispose(), again.dispose()]);
  });

  it("is another from another seed", async () => {
    const [first, second] = [await trainBriefly("corr-ae", 1), await trainBriefly("corr-ae", 2)];
    expect(await first.encodeImages(test.images)).not.toEqual(await second.encodeImages(test.images));
    await Promise.all([first.dispose(), second.dispose()]);
  });

  it("tells how far it is, and stops when asked to", async () => {
    const controller = new AbortController();
    const seen: number[] = [];
    const stopped = trainBaseline("dbrlm", few, {
      config: { ...small.dbrlm, epochs: 2 },
      ...engine,
      signal: controller.signal,
      onProgress({ epoch, epochs, done, total }) {
        seen.push(done);
        expect([epochs, total]).toEqual([2, 4]);
        if (epoch === 1) controller.abort();
      },
    });
    await expect(stopped).rejects.toThrow(/abort/i);
    expect(seen).toEqual([1, 2, 3]);
  });

  it("goes on bit for bit from the last whole epoch, and refuses the save of another method", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "wayweave-baseline-"));
    const options = { config: { ...small.moco, epochs: 3 }, seed: 1, ...engine };
    const whole = await trainBaseline("moco", few, options);
    const cut = trainBaseline("moco", few, {
      ...options,
      checkpointDir: folder,
      onProgress: ({ epoch }) => {
        if (epoch === 1) throw new Error("power cut");
      },
    });
    await expect(cut).rejects.toThrow("power cut");
    const done: number[] = [];
    const resumed = await trainBaseline("moco", few, {
      ...options,
      checkpointDir: folder,
      onProgress: (progress) => done.push(progress.done),
    });
    const steps = Math.floor(few.trajectories.length / small.moco.batchSize!);
    expect(done).toEqual(Array.from({ length: 2 * steps }, (_, i) => steps + i + 1));
    expect(resumed.history).toEqual(whole.history);
    expect(await resumed.encodeImages(test.images)).toEqual(await whole.encodeImages(test.images));
    await expect(
      trainBaseline("dbrlm", few, {
        config: { ...small.dbrlm, epochs: 3 },
        checkpointDir: folder,
        ...engine,
      }),
    ).rejects.toThrow("trainBaseline: checkpointDir must hold a run of this data and configuration");
    await Promise.all([whole.dispose(), resumed.dispose(), rm(folder, { recursive: true })]);
  });

  it("stops where the loss is no longer a number", async () => {
    const options = { config: { ...small["corr-ae"], learningRate: 1e30 }, ...engine };
    await expect(trainBaseline("corr-ae", train, options)).rejects.toThrow(
      /^trainBaseline: the loss must stay finite, got (NaN|Infinity) \(its terms [^)]+\) in epoch 1 at step \d+; a lower learningRate may help$/,
    );
  });

  it("names what is wrong", async () => {
    await expect(
      trainBaseline("moco", train, { config: { batchSize: 512, queueSize: 1024 } }),
    ).rejects.toThrow("trainBaseline: there must be at least a batch of 512 pairs, got 320");
    await expect(
      trainBaseline("moco", { ...train, images: test.images }, { config: small.moco }),
    ).rejects.toThrow("trainBaseline: there must be an image for each of 320 trajectories, got 60");
    await expect(trainBaseline("cca", train, { checkpointDir: "saved" })).rejects.toThrow(
      "trainBaseline: checkpointDir has no effect for cca, which has no epochs; leave it out",
    );
    const extents = train.images.extents.with(0, Number.NaN);
    await expect(trainBaseline("cca", { ...train, images: { ...train.images, extents } })).rejects.toThrow(
      "trainBaseline: images.extents: width of image 0 must be a positive finite number, got NaN",
    );
    const baseline = await trainSmall("cca");
    await expect(baseline.encodeImages(test.images, { batchSize: 0 })).rejects.toThrow(
      "Baseline.encodeImages: batchSize must be a positive integer, got 0",
    );
    await expect(baseline.encodeTrajectories(test.trajectories, { batchSize: 0 })).rejects.toThrow(
      "Baseline.encodeTrajectories: batchSize must be a positive integer, got 0",
    );
    const larger = { pixels: new Uint8Array(64 * 64), size: 64, extents: Float64Array.of(0, 0, 1, 1) };
    await expect(baseline.encodeImages(larger)).rejects.toThrow(
      "Baseline.encodeImages: images must be 32 pixels wide, got 64",
    );
    await baseline.dispose();
  });
});

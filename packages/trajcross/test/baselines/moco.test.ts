import { Random } from "@wayweave/geo-core";
import { createTrainStep, sgd, tf } from "@wayweave/nn/train";
import { describe, expect, it } from "vitest";
import { resolveBaselineConfig } from "../../src/baselines/config.js";
import { trainingData } from "../../src/baselines/deep-baseline.js";
import { moco } from "../../src/baselines/moco.js";
import { imageSpec, trajectorySpec, trajectoryViewBatch } from "../../src/baselines/views.js";
import { imageBatch } from "../../src/model/inputs.js";
import { small, train } from "./pairs.js";

describe("moco", () => {
  const config = resolveBaselineConfig("moco", { ...small.moco, batchSize: 4, queueSize: 8, momentum: 0.75 });
  const data = trainingData(train, { points: config.points, steps: 3, random: new Random(1) });
  const batchOf = (indices: number[]) => ({
    ...trajectoryViewBatch(data.trajectories, indices),
    ...imageBatch(data.images, indices),
  });

  it("moves the key encoder to m·key + (1 − m)·query, and keeps the keys of the newest batches", async () => {
    const method = moco(config, data);
    const step = await createTrainStep({
      params: method.params,
      loss: method.loss,
      optimizer: sgd({ learningRate: 0.1 }),
      frozen: method.frozen,
      averages: method.averages!,
      batchSpec: { ...trajectorySpec(4, config.points, data.imageSize), ...imageSpec(4, data.imageSize) },
      engine: "ort-cpu",
      threads: 1,
    });
    try {
      const start = await step.params();
      expect(start["key/out/weight"]!.data).toEqual(start["query/out/weight"]!.data);
      await step.step(batchOf([0, 1, 2, 3]));
      const once = await step.params();
      expect(once["query/out/weight"]!.data).not.toEqual(start["query/out/weight"]!.data);
      once["key/out/weight"]!.data.forEach((value, i) => {
        const expected = 0.75 * start["key/out/weight"]!.data[i]! + 0.25 * once["query/out/weight"]!.data[i]!;
        expect(value).toBeCloseTo(expected, 6);
      });

      const width = config.embeddingSize;
      const queue = (params: typeof once) => params["queue/images"]!.data;
      // The first batch's four keys of length 1, then the first half of the random ones.
      for (let row = 0; row < 4; row++) {
        const key = queue(once).subarray(row * width, (row + 1) * width);
        expect(Math.hypot(...key)).toBeCloseTo(1, 5);
      }
      expect(queue(once).subarray(4 * width)).toEqual(queue(start).subarray(0, 4 * width));
      await step.step(batchOf([4, 5, 6, 7]));
      expect(queue(await step.params()).subarray(4 * width)).toEqual(queue(once).subarray(0, 4 * width));
    } finally {
      await step.dispose();
    }
  });

  it("embeds trajectories and images with one encoder: the same picture in the same place is the same", () => {
    const method = moco(config, data);
    tf.tidy(() => {
      const params = Object.fromEntries(
        Object.entries(method.params).map(([name, { data: values, shape }]) => [
          name,
          tf.tensor(values as Float32Array, [...shape]),
        ]),
      );
      const { pixels, extents } = imageBatch(data.images, [0]);
      const picture = {
        pixels: tf.tensor(pixels, [1, data.imageSize, data.imageSize, 1]),
        extents: tf.tensor(extents, [1, 4]),
      };
      const points = tf.zeros([1, config.points, 2]);
      const image = method.encodeImages(params, picture);
      const trajectory = method.encodeTrajectories(params, { points, drawing: picture });
      expect([...trajectory.dataSync()]).toEqual([...image.dataSync()]);
    });
  });
});

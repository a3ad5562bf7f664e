import { readFileSync } from "node:fs";
import {
  adamW,
  createInference,
  createTrainStep,
  type Engine,
  type HostTensor,
  sgd,
} from "@wayweave/nn/train";
import { describe, expect, it } from "vitest";
import { resolveConfig, type TrajCrossConfig } from "../src/model/config.js";
import { encodeImages, encodeTrajectories } from "../src/model/forward.js";
import { initParams } from "../src/model/params.js";
import { pairLoss } from "../src/training/train-towers.js";

interface Values {
  readonly loss: number;
  readonly contrastive: number;
  readonly modality?: number;
  readonly trace?: number;
  readonly trajectories: readonly number[];
  readonly images: readonly number[];
  readonly gradients: Readonly<
    Record<string, { readonly norm: number; readonly entries: readonly number[] }>
  >;
}

/** Made by scripts/parity/trajcross_torch.py, whose waves and sizes these are. */
const golden = JSON.parse(readFileSync(new URL("golden/torch.json", import.meta.url), "utf8")) as Record<
  "paper" | "keypoints",
  Values
>;
const [batchSize, imageSize, points, embeddingSize] = [4, 16, 6, 16];
const model = { imageSize, points, embeddingSize };
const configs: Readonly<Record<"paper" | "keypoints", TrajCrossConfig>> = {
  paper: resolveConfig({ preset: "paper", model, train: { batchSize } }),
  keypoints: resolveConfig({ preset: "default", model, train: { batchSize } }),
};
const normalization = { originX: 0, originY: 0, scaleMeters: 250 };

/** scale · sin(0.7 i² + phase) */
function wave(length: number, phase: number, scale: number, offset = 0): Float32Array {
  return Float32Array.from({ length }, (_, position) => {
    const i = position % 4001;
    return scale * (Math.sin(0.7 * i * i + phase) + offset);
  });
}

/** The model's own names and shapes, in the order of their names, with the script's values. */
function waveParams({ model: shape, train }: TrajCrossConfig): Record<string, HostTensor> {
  const own = Object.entries(initParams(shape, train, 0)).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    own.map(([name, { type, shape: axes }], phase) => {
      const inputs = axes.slice(0, -1).reduce((product, axis) => product * axis, 1);
      const scale = axes.length === 1 ? 0.05 : Math.sqrt(2 / inputs);
      const length = inputs * (axes.at(-1) ?? 1);
      const data = axes.length === 0 ? Float32Array.of(Math.log(1 / 0.07)) : wave(length, phase, scale);
      return [name, { type, shape: axes, data }];
    }),
  );
}

const pixels = batchSize * imageSize * imageSize;
const corner = (i: number) => [-200 + 37 * i, -150 + 11 * i] as const;
const entries = {
  points: wave(batchSize * points * 2, 100, 200),
  line: wave(batchSize * points * 2, 101, 200),
  shapes: wave(pixels, 102, 127.5, 1),
  pixels: wave(pixels, 103, 127.5, 1),
  extents: Float32Array.from(
    Array.from({ length: batchSize }, (_, i) => {
      const [x, y] = corner(i);
      return [x, y, x + 300 + 5 * i, y + 280 - 7 * i];
    }).flat(),
  ),
};
const float = (...shape: number[]) => ({ type: "float32" as const, shape: [batchSize, ...shape] });
const specs = {
  points: float(points, 2),
  line: float(points, 2),
  shapes: float(imageSize, imageSize, 1),
  pixels: float(imageSize, imageSize, 1),
  extents: float(4),
};

/** What an architecture takes of a batch. */
function chosen<T>(architecture: "paper" | "keypoints", of: Readonly<Record<keyof typeof specs, T>>) {
  const { points, pixels, extents, shapes, line } = of;
  return { points, pixels, extents, ...(architecture === "paper" ? { shapes } : { line }) };
}

/** Within a share of the largest of what is expected. NaN is near nothing. */
function expectNear(values: ArrayLike<number>, expected: readonly number[], tolerance: number, what: string) {
  const largest = Math.max(...expected.map(Math.abs));
  expected.forEach((value, i) => {
    expect(
      Math.abs(values[i]! - value),
      `${what}[${i}]: ${values[i]}, expected ${value}`,
    ).toBeLessThanOrEqual(tolerance * largest + 1e-6);
  });
}

const engines: readonly Engine[] = ["tfjs-cpu", "ort-cpu"];
const architectures = ["paper", "keypoints"] as const;

describe.each(architectures)("TrajCross' %s architecture", (architecture) => {
  const config = configs[architecture];
  const expected = golden[architecture];

  it.each(engines)(
    "on %s: forward pass, losses and gradients are PyTorch's",
    { timeout: 120_000 },
    async (engine) => {
      const params = waveParams(config);
      expect(Object.keys(params)).toEqual(Object.keys(expected.gradients));
      const inference = await createInference({
        forward: (tensors, batch) => ({
          trajectories: encodeTrajectories(
            tensors,
            { points: batch.points!, ...(batch.shapes === undefined ? {} : { shapes: batch.shapes }) },
            config.model,
            normalization,
          ),
          images: encodeImages(
            tensors,
            { pixels: batch.pixels!, extents: batch.extents! },
            config.model,
            normalization,
          ).embeddings,
        }),
        params,
        inputSpec: chosen(architecture, specs),
        engine,
      });
      const { trajectories, images } = await inference.run(chosen(architecture, entries));
      await inference.dispose();
      expectNear(trajectories!.data, expected.trajectories, 1e-4, "trajectories");
      expectNear(images!.data, expected.images, 1e-4, "images");

      const step = await createTrainStep({
        params,
        loss: pairLoss(config, normalization),
        optimizer: sgd({ learningRate: 1 }),
        batchSpec: chosen(architecture, specs),
        engine,
      });
      const losses = await step.step(chosen(architecture, entries));
      const after = await step.params();
      await step.dispose();
      for (const name of ["loss", "contrastive", "modality", "trace"] as const) {
        if (expected[name] !== undefined) expectNear([losses[name]!], [expected[name]], 1e-4, name);
      }
      for (const [name, { norm, entries: some }] of Object.entries(expected.gradients)) {
        // A step of descent at rate 1 takes the gradient away.
        const gradient = params[name]!.data.map((value, i) => value - after[name]!.data[i]!);
        const length = Math.sqrt(Array.from(gradient).reduce((sum, value) => sum + value * value, 0));
        expectNear([length], [norm], 2e-3, `norm of ${name}`);
        const stride = Math.max(1, Math.floor(gradient.length / 5));
        const at = some.map((_, i) => gradient[i * stride]!);
        const limit = Math.max(...some.map(Math.abs), norm / Math.sqrt(gradient.length));
        some.forEach((value, i) => {
          expect(Math.abs(at[i]! - value), `gradient of ${name}[${i * stride}]`).toBeLessThanOrEqual(
            5e-3 * limit + 1e-6,
          );
        });
      }
    },
  );

  it("compiled ≡ eager, loss by loss, for three steps of its own training", {
    timeout: 240_000,
  }, async () => {
    const { learningRate, weightDecay } = config.train;
    const train = async (engine: Engine) => {
      const step = await createTrainStep({
        params: waveParams(config),
        loss: pairLoss(config, normalization),
        optimizer: adamW({ learningRate, weightDecay }),
        batchSpec: chosen(architecture, specs),
        engine,
        threads: 1,
      });
      const losses: Record<string, number>[] = [];
      for (let i = 0; i < 3; i++) losses.push(await step.step(chosen(architecture, entries)));
      await step.dispose();
      return losses;
    };
    const [eager, compiled] = [await train("tfjs-cpu"), await train("ort-cpu")];
    for (const [i, losses] of eager.entries()) {
      expect(Object.keys(compiled[i]!)).toEqual(Object.keys(losses));
      for (const [name, value] of Object.entries(losses)) {
        expectNear([compiled[i]![name]!], [value], 1e-3, `${name} of step ${i}`);
      }
    }
    expect(eager[2]!.loss).toBeLessThan(eager[0]!.loss!);
  });
});

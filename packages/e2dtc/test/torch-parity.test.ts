import { readFileSync } from "node:fs";
import { Random } from "@wayweave/geo-core";
import { adam, createTrainStep, type Engine, type HostTensor, type Loss, sgd, tf } from "@wayweave/nn/train";
import { describe, expect, it } from "vitest";
import { decode, encode, softAssign } from "../src/model/forward.js";
import { initParams } from "../src/model/params.js";
import { clusterLoss, reconstructionLoss, tripletLoss } from "../src/training/loss.js";

/** Made by scripts/parity/e2dtc_torch.py, whose waves and sizes these are. */
const golden = JSON.parse(readFileSync(new URL("golden/torch.json", import.meta.url), "utf8")) as {
  readonly loss: number;
  readonly reconstruction: number;
  readonly cluster: number;
  readonly triplet: number;
  readonly embeddings: readonly number[];
  readonly assignment: readonly number[];
  readonly gradients: Readonly<
    Record<string, { readonly norm: number; readonly entries: readonly number[] }>
  >;
};
const [vocabulary, hidden, layers, time, rows, k] = [9, 8, 2, 5, 4, 3];
const [margin, gamma, beta] = [1, 0.1, 0.1];
const network = {
  layers,
  hidden,
  attention: false,
  places: false,
  offsets: false,
  directions: false,
  timeOfDay: false,
};

/** scale · sin(0.7 i² + phase) */
function wave(length: number, phase: number, scale: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => scale * Math.sin(0.7 * i * i + phase));
}

/** The network's own names and shapes and the centres, in the order of their names, with the script's values. */
function waveParams(): Record<string, HostTensor> {
  const own = initParams(network as never, vocabulary, new Float32Array(vocabulary * hidden), new Random(0));
  const centers: HostTensor = { type: "float32", shape: [k, hidden], data: new Float32Array(k * hidden) };
  const sorted = Object.entries({ ...own, centers }).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    sorted.map(([name, { type, shape, data }], phase) => {
      const inputs = shape.slice(0, -1).reduce((product, axis) => product * axis, 1);
      const scale = shape.length === 1 ? 0.05 : Math.sqrt(2 / inputs);
      return [name, { type, shape, data: wave(data.length, phase, scale) }];
    }),
  );
}

const tokens = (shift: number) =>
  Int32Array.from({ length: time * rows }, (_, at) => {
    const [t, r] = [Math.floor(at / rows), at % rows];
    return (3 * t + 5 * r + shift) % vocabulary;
  });
const lengths = Int32Array.of(5, 2, 3, 4);
const softmax = (row: readonly number[]) => {
  const total = row.reduce((sum, value) => sum + Math.exp(value), 0);
  return row.map((value) => Math.exp(value) / total);
};
const targets = wave(rows * k, 50, 1.5);
const batch = {
  tokens: tokens(0),
  lengths,
  noisyTokens: tokens(1),
  noisyLengths: Int32Array.of(3, 5, 1, 4),
  before: tokens(4),
  targets: tokens(2),
  weights: Float32Array.from({ length: time * rows }, (_, at) =>
    Math.floor(at / rows) < lengths[at % rows]! ? 1 : 0,
  ),
  p: Float32Array.from(
    Array.from({ length: rows }, (_, r) => softmax([...targets.subarray(r * k, (r + 1) * k)])).flat(),
  ),
  others: Int32Array.of(2, 3, 0, 1),
};
const sequence = { type: "int32", shape: [time, rows] } as const;
const perRow = { type: "int32", shape: [rows] } as const;
const batchSpec = {
  tokens: sequence,
  lengths: perRow,
  noisyTokens: sequence,
  noisyLengths: perRow,
  before: sequence,
  targets: { type: "int32", shape: [time * rows] },
  weights: { type: "float32", shape: [time * rows] },
  p: { type: "float32", shape: [rows, k] },
  others: perRow,
} as const;
const neighbors = {
  count: 3,
  tokens: Int32Array.from({ length: vocabulary * 3 }, (_, i) => (Math.floor(i / 3) + (i % 3)) % vocabulary),
  weights: Float32Array.from({ length: vocabulary * 3 }, (_, i) => [0.6, 0.3, 0.1][i % 3]!),
};

/** Eq. 14 of a batch without filling, out of the package's own parts. */
const loss: Loss = (params, given) => {
  const anchors = encode(params, { tokens: given.tokens!, lengths: given.lengths! }, network);
  const damaged = encode(params, { tokens: given.noisyTokens!, lengths: given.noisyLengths! }, network);
  const states = decode(params, given.before!, damaged, network as never);
  const ones = tf.ones([rows]);
  const reconstruction = reconstructionLoss(
    params,
    states,
    given.targets!,
    given.weights!,
    neighbors as never,
  );
  const assignment = softAssign(anchors.embedding, params.centers!);
  const cluster = clusterLoss(assignment, given.p!, ones);
  const negatives = tf.gather(anchors.embedding, given.others!);
  const triplet = tripletLoss(anchors.embedding, damaged.embedding, negatives, ones, {
    margin,
    relativeMargin: false,
  });
  const first = Object.fromEntries(
    golden.embeddings.map((_, i) => [`embedding${i}`, anchors.embedding.flatten().slice([i], [1]).sum()]),
  );
  const soft = Object.fromEntries(
    golden.assignment.map((_, i) => [`assignment${i}`, assignment.flatten().slice([i], [1]).sum()]),
  );
  const total = reconstruction.add(cluster.mul(gamma)).add(triplet.mul(beta));
  return { loss: total, reconstruction, cluster, triplet, ...first, ...soft };
};

function expectNear(value: number, expected: number, tolerance: number, what: string): void {
  // NaN is near nothing.
  expect(Math.abs(value - expected), `${what}: ${value}, expected ${expected}`).toBeLessThanOrEqual(
    tolerance,
  );
}

describe("E2DTC's network and losses", () => {
  it.each(["tfjs-cpu", "ort-cpu"] as const)(
    "on %s: forward pass, eq. 8, 9, 11, 13 and gradients are PyTorch's",
    async (engine) => {
      const params = waveParams();
      expect(Object.keys(params)).toEqual(Object.keys(golden.gradients));
      const step = await createTrainStep({
        params,
        loss,
        optimizer: sgd({ learningRate: 1 }),
        batchSpec,
        engine,
      });
      const values = await step.step(batch);
      const after = await step.params();
      await step.dispose();
      for (const name of ["loss", "reconstruction", "cluster", "triplet"] as const) {
        expectNear(values[name]!, golden[name], 1e-5 * Math.max(1, golden[name]), name);
      }
      golden.embeddings.forEach((value, i) => {
        expectNear(values[`embedding${i}`]!, value, 2e-6, `embedding ${i}`);
      });
      golden.assignment.forEach((value, i) => {
        expectNear(values[`assignment${i}`]!, value, 2e-6, `assignment ${i}`);
      });
      for (const [name, { norm, entries }] of Object.entries(golden.gradients)) {
        // A step of descent at rate 1 takes the gradient away.
        const gradient = params[name]!.data.map((value, i) => value - after[name]!.data[i]!);
        expectNear(
          Math.hypot(...gradient.map(Number)),
          norm,
          1e-3 * norm + 1e-6,
          `norm of the gradient of ${name}`,
        );
        const stride = Math.max(1, Math.floor(gradient.length / 5));
        for (const [i, value] of entries.entries()) {
          expectNear(gradient[i * stride]!, value, 2e-3 * norm + 1e-6, `gradient of ${name}[${i * stride}]`);
        }
      }
    },
  );

  it("compiled ≡ eager, loss by loss, for eight steps of Adam with clipped gradients", async () => {
    const train = async (engine: Engine) => {
      const optimizer = adam({ learningRate: 2e-3, clipNorm: 5 });
      const step = await createTrainStep({
        params: waveParams(),
        loss,
        optimizer,
        batchSpec,
        engine,
        threads: 1,
      });
      const losses: Record<string, number>[] = [];
      for (let i = 0; i < 8; i++) losses.push(await step.step(batch));
      await step.dispose();
      return losses;
    };
    const [eager, compiled] = [await train("tfjs-cpu"), await train("ort-cpu")];
    for (const [i, values] of eager.entries()) {
      expect(Object.keys(compiled[i]!)).toEqual(Object.keys(values));
      for (const [name, value] of Object.entries(values)) {
        expectNear(compiled[i]![name]!, value, 1e-4 * Math.max(1, Math.abs(value)), `${name} of step ${i}`);
      }
    }
    expect(eager[7]!.loss).toBeLessThan(eager[0]!.loss!);
  });
});

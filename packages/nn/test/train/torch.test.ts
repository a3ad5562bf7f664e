import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  adam,
  createTrainStep,
  type Engine,
  type GruWeights,
  gru,
  type HostTensor,
  type Loss,
  type Tensor4D,
  tf,
} from "../../src/train/index.js";
import { expectClose } from "./parity.js";

interface Stored {
  readonly shape: number[];
  readonly data: number[];
}

interface StoredRun {
  readonly initial: Record<string, Stored>;
  readonly final: Record<string, Stored>;
  readonly losses: number[];
  readonly gradientNorms: number[];
}

interface Golden {
  readonly gru: StoredRun & Record<"inputs" | "state" | "weights", Stored>;
  readonly convolution: StoredRun & { readonly images: Stored };
}

/** Written by scripts/parity/nn_torch.py. */
const golden = JSON.parse(
  readFileSync(new URL("../golden/torch_steps.json", import.meta.url), "utf8"),
) as Golden;

const host = ({ shape, data }: Stored): HostTensor => ({
  type: "float32",
  shape,
  data: Float32Array.from(data),
});

async function checkRun(
  engine: Engine,
  run: StoredRun,
  loss: Loss,
  batch: Record<string, Stored>,
): Promise<void> {
  const spec = Object.entries(batch).map(([name, { shape }]) => [name, { type: "float32", shape }] as const);
  const step = await createTrainStep({
    params: Object.fromEntries(Object.entries(run.initial).map(([name, stored]) => [name, host(stored)])),
    loss,
    optimizer: adam({ learningRate: 0.05, clipNorm: 1 }),
    batchSpec: Object.fromEntries(spec),
    engine,
  });
  const data = Object.fromEntries(Object.entries(batch).map(([name, stored]) => [name, host(stored).data]));
  for (const [i, expected] of run.losses.entries()) {
    const metrics = await step.step(data);
    expectClose([metrics.loss!], [expected], 1e-5, `loss of step ${i}`);
    expectClose([metrics.gradientNorm!], [run.gradientNorms[i]!], 1e-5, `gradient norm of step ${i}`);
  }
  const params = await step.params();
  expect(Object.keys(params)).toEqual(Object.keys(run.final));
  for (const [name, { data: expected }] of Object.entries(run.final)) {
    expectClose(params[name]!.data, expected, 1e-5, name);
  }
  await step.dispose();
}

describe.each<Engine>(["ort-cpu", "tfjs-cpu"])("three steps of Adam on %s ≡ PyTorch", (engine) => {
  it("GRU over four time steps", async () => {
    const { inputs, state, weights } = golden.gru;
    const loss: Loss = (params, batch) =>
      gru(batch.inputs!, batch.state!, params as unknown as GruWeights)
        .mul(batch.weights!)
        .sum();
    await checkRun(engine, golden.gru, loss, { inputs, state, weights });
  });

  it("strided convolution, relu, overlapping max pooling", async () => {
    const loss: Loss = ({ filter, bias }, { images }) => {
      const sides: [[number, number], [number, number], [number, number], [number, number]] = [
        [0, 0],
        [1, 1],
        [1, 1],
        [0, 0],
      ];
      const x = tf
        .conv2d(images as Tensor4D, filter as Tensor4D, 2, sides)
        .add(bias!)
        .relu() as Tensor4D;
      return tf.maxPool(x, 3, 1, "valid").mean([1, 2]).logSumExp(1).sum();
    };
    await checkRun(engine, golden.convolution, loss, { images: golden.convolution.images });
  });
});

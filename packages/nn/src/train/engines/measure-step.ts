import { Random } from "@wayweave/geo-core";
import { type HostTensor, zeros } from "../host-tensor.js";
import { sgd } from "../optimizers/sgd.js";
import type { ResolvedPhase } from "../step-function.js";
import { type Scalar, type Tensor4D, tf } from "../tfjs.js";
import { CompiledRunner } from "./compiled.js";
import { EagerRunner } from "./eager.js";
import type { ChosenEngine } from "./engine.js";

const STEPS = 3;

/**
 * Milliseconds of a training step of a small model on an engine: two convolutions and a dense layer, as in an image tower. The fastest
 * of three, after one that compiles.
 */
export async function measureStep(engine: ChosenEngine, threads: number | undefined): Promise<number> {
  const values: Record<string, HostTensor> = {
    first: randomly([3, 3, 8, 32]),
    second: randomly([3, 3, 32, 32]),
    dense: randomly([16 * 16 * 32, 64]),
  };
  const parameterNames = Object.keys(values);
  const phase: ResolvedPhase = {
    name: "measure",
    loss: ({ first, second, dense }, { images }) => {
      const seen = tf.relu(tf.conv2d(images as Tensor4D, first as Tensor4D, 1, "same"));
      const halved = tf.relu(tf.conv2d(seen as Tensor4D, second as Tensor4D, 2, "same")); // [16, 16, 16, 32]
      return tf
        .matMul(halved.reshape([16, -1]), dense!)
        .square()
        .mean() as Scalar;
    },
    optimizer: sgd({ learningRate: 1e-3 }),
    trained: parameterNames,
    averages: [],
  };
  const common = { engine: engine.engine, phases: [phase], values, parameterNames, seed: 0 };
  const runner =
    engine.kind === "eager"
      ? new EagerRunner({ ...common, backend: engine.backend })
      : new CompiledRunner({ ...common, provider: engine.provider, threads });
  const call = {
    phase: "measure",
    batch: { images: randomly([16, 32, 32, 8]) },
    scalars: phase.optimizer.scalars(1, 1e-3),
    step: 0,
  };
  try {
    await runner.run(call);
    let fastest = Number.POSITIVE_INFINITY;
    for (let i = 0; i < STEPS; i++) {
      const started = performance.now();
      await runner.run(call);
      fastest = Math.min(fastest, performance.now() - started);
    }
    return fastest;
  } finally {
    await runner.dispose();
  }
}

function randomly(shape: readonly number[]): HostTensor {
  const tensor = zeros("float32", shape);
  const random = new Random(1);
  for (let i = 0; i < tensor.data.length; i++) tensor.data[i] = random.uniform(-0.1, 0.1);
  return tensor;
}

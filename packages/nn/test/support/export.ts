import { Random } from "@wayweave/geo-core";
import { expect } from "vitest";
import { withTfBackend } from "../../src/train/engines/tf-engine.js";
import type { HostTensor } from "../../src/train/host-tensor.js";
import { type Tensor, tf } from "../../src/train/tfjs.js";

/** Normal numbers times `scale`, the same for the same seed. */
export function randomWeights(seed: number, shape: readonly number[], scale = 0.5): HostTensor {
  const random = new Random(seed);
  const count = shape.reduce((product, size) => product * size, 1);
  return {
    type: "float32",
    shape,
    data: Float32Array.from({ length: count }, () => scale * random.normal()),
  };
}

/** What tfjs's cpu backend computes. */
export function onCpu(
  forward: (params: Record<string, Tensor>, inputs: Record<string, Tensor>) => Tensor,
  params: Record<string, HostTensor>,
  inputs: Record<string, HostTensor>,
): Float32Array {
  return withTfBackend("cpu", () =>
    tf.tidy(() => {
      const toTensors = (tensors: Record<string, HostTensor>) =>
        Object.fromEntries(
          Object.entries(tensors).map(([name, { data, shape, type }]) => [
            name,
            tf.tensor(data, [...shape], type),
          ]),
        );
      return forward(toTensors(params), toTensors(inputs)).dataSync() as Float32Array;
    }),
  );
}

/** Requires every entry to be within `relative` of the largest expected one; NaN fails. */
export function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, relative = 1e-4): void {
  expect(actual.length).toBe(expected.length);
  const scale = Array.from(expected).reduce((largest, x) => Math.max(largest, Math.abs(x)), 0);
  for (let i = 0; i < expected.length; i++) {
    if (!(Math.abs(actual[i]! - expected[i]!) <= relative * scale)) {
      expect.fail(`entry ${i}: ${actual[i]} differs from ${expected[i]}`);
    }
  }
}

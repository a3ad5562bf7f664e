import { Random } from "@wayweave/geo-core";
import fc from "fast-check";
import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { expect } from "vitest";
import { withTfBackend } from "../../src/train/engines/tf-engine.js";
import { elementCount, type HostTensor, toTfTensor } from "../../src/train/host-tensor.js";
import { record } from "../../src/train/record/backend.js";
import { lowerGraph } from "../../src/train/record/lower.js";
import { type Scalar, type Tensor, tf } from "../../src/train/tfjs.js";

/** A function under test: tensors in, one tensor or several out. */
export type TensorFunction = (...inputs: Tensor[]) => Tensor | Tensor[];

/** One drawn example. */
export interface Example {
  readonly inputs: readonly HostTensor[];
  readonly run: TensorFunction;
}

/** A law "recorded and run by ONNX Runtime ≡ tfjs cpu" over the examples of an arbitrary. */
export interface ParityCase {
  readonly name: string;
  readonly examples: fc.Arbitrary<Example>;
  /** Whether slopes with respect to the float inputs are compared too. Default true. */
  readonly gradient?: boolean;
  readonly tolerance?: number;
  readonly runs?: number;
}

const RUNS = 6;

/** Values and slopes of both engines, for as many examples as a two-core machine has patience for. */
export async function checkParity({
  examples,
  gradient = true,
  tolerance = 1e-4,
  runs = RUNS,
}: ParityCase): Promise<void> {
  const law = fc.asyncProperty(examples, async ({ inputs, run }) => {
    const expected = onTfjsCpu(inputs, run, gradient);
    const actual = await recorded(inputs, run, gradient);
    expect(actual.map(({ shape }) => shape)).toEqual(expected.map(({ shape }) => shape));
    expected.forEach((tensor, i) => {
      expectClose(actual[i]!.data, tensor.data, tolerance, `result ${i}`);
    });
  });
  await fc.assert(law, { numRuns: runs, seed: 20_240_601, endOnFailure: true });
}

/** The results, then (with `gradient`) the slopes of Σ results ⊙ fixed weights for each float input. */
function resultsAndSlopes(inputs: readonly Tensor[], run: TensorFunction, gradient: boolean): Tensor[] {
  const results = [run(...inputs)].flat();
  if (!gradient) return results;
  const floats = inputs.filter(({ dtype }) => dtype === "float32");
  const weighted = (): Scalar => {
    const terms = [run(...inputs)]
      .flat()
      .filter(({ dtype }) => dtype === "float32")
      .map((result) => result.mul(tf.tensor(weightsOf(result.size), result.shape)).sum());
    return tf.addN(terms) as Scalar;
  };
  const { grads } = tf.engine().gradients(weighted, floats as Tensor[], undefined as unknown as Tensor);
  return [...results, ...grads];
}

function weightsOf(size: number): Float32Array {
  const random = new Random(7);
  return Float32Array.from({ length: size }, () => random.uniform(-1, 1));
}

interface Result {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

function onTfjsCpu(inputs: readonly HostTensor[], run: TensorFunction, gradient: boolean): Result[] {
  return withTfBackend("cpu", () =>
    tf.tidy(() =>
      resultsAndSlopes(inputs.map(toTfTensor), run, gradient).map((tensor) => ({
        shape: tensor.shape,
        data: Array.from(tensor.dataSync()),
      })),
    ),
  ) as Result[];
}

async function recorded(
  inputs: readonly HostTensor[],
  run: TensorFunction,
  gradient: boolean,
): Promise<Result[]> {
  const { graph, count } = record((session) => {
    const tensors = inputs.map(({ shape, type }, i) => session.input(`in/${i}`, shape, type));
    const results = resultsAndSlopes(tensors, run, gradient);
    const named = results.map((tensor, i) => ({
      name: `out/${i}`,
      value: session.recorder.full(session.recorded(tensor)),
    }));
    return { graph: lowerGraph("parity", session.recorder.graph, named), count: results.length };
  });
  const session = await InferenceSession.create(graph.bytes, { logSeverityLevel: 3, intraOpNumThreads: 1 });
  const feeds: Record<string, OrtTensor> = {};
  inputs.forEach(({ type, shape, data }, i) => {
    if (graph.inputNames.has(`in/${i}`))
      feeds[`in/${i}`] = new OrtTensor(type as "float32", data as Float32Array, shape);
  });
  const outputs = await session.run(feeds);
  await session.release();
  return Array.from({ length: count }, (_, i) => {
    const { dims, data } = outputs[`out/${i}`]!;
    return { shape: dims, data: Array.from(data as Float32Array) };
  });
}

/** |a − b| ≤ tolerance·(1 + |b|), entry by entry; NaN equals nothing. */
export function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  what = "value",
): void {
  expect(actual.length, what).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(actual[i]! - expected[i]!);
    const isClose = difference <= tolerance * (1 + Math.abs(expected[i]!));
    if (!isClose)
      throw new Error(`${what}[${i}]: ${actual[i]} must be within ${tolerance} of ${expected[i]}`);
  }
}

/** A float tensor with values uniform in [low, high); ties have probability zero. */
export function floats(shape: readonly number[], seed: number, low = -2, high = 2): HostTensor {
  const random = new Random(seed);
  const data = Float32Array.from({ length: elementCount(shape) }, () => random.uniform(low, high));
  return { type: "float32", shape, data };
}

/** An int32 tensor with values uniform in [0, end). */
export function integers(shape: readonly number[], seed: number, end: number): HostTensor {
  const random = new Random(seed);
  return {
    type: "int32",
    shape,
    data: Int32Array.from({ length: elementCount(shape) }, () => random.integer(end)),
  };
}

export function booleans(shape: readonly number[], seed: number): HostTensor {
  return { ...integers(shape, seed, 2), type: "bool", data: Uint8Array.from(integers(shape, seed, 2).data) };
}

export const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });

export function shapes(minRank: number, maxRank: number, maxExtent = 4): fc.Arbitrary<number[]> {
  return fc.array(fc.integer({ min: 1, max: maxExtent }), { minLength: minRank, maxLength: maxRank });
}

/** Two shapes that broadcast: some axes of either are 1, some leading ones are missing. */
export const broadcastPairs = shapes(1, 4).chain((shape) =>
  fc
    .tuple(fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }), fc.nat(shape.length))
    .map(([drop, missing]) => ({
      a: shape,
      b: shape.map((extent, i) => (drop[i] ? 1 : extent)).slice(missing),
    })),
);

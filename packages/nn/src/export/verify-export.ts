import { Random, ShapeError, ValueError } from "@wayweave/geo-core";
import { OnnxModel } from "../inference/onnx-model.js";
import type { Inputs, Outputs, OutputTensor } from "../inference/predictor.js";
import type { HostTensor } from "../train/host-tensor.js";
import { lowerGraph } from "../train/record/lower.js";
import type { ExportInput, ExportOptions } from "./export-options.js";
import type { Sizes } from "./extent.js";
import { inputKey, recordForward, resolveShape } from "./record-forward.js";

/** How closely an exported model follows the training engine. */
export interface Agreement {
  /** The largest difference of an entry, divided by the largest entry of its output. */
  readonly relativeDifference: number;
  /** The sizes that were compared. */
  readonly sizes: readonly Readonly<Record<string, number>>[];
}

const TOLERANCE = 1e-4;
/** Other sizes than were recorded: one of everything, and some of each, different for each axis. */
const CHECKED_SIZES: readonly Sizes[] = [
  [1, 1, 1],
  [3, 7, 2],
  [5, 4, 6],
];

/**
 * Runs the exported model and the function as the training engine records it, on the same inputs.
 *
 * @throws {ValueError} they differ by more than 1e-4 of an output's largest entry
 */
export async function verifyExport(
  options: ExportOptions,
  axes: readonly string[],
  bytes: Uint8Array,
): Promise<Agreement> {
  const random = new Random(0).split("verify export");
  const model = await OnnxModel.load(bytes);
  const checked: Record<string, number>[] = [];
  let relativeDifference = 0;
  try {
    for (const sizes of CHECKED_SIZES.slice(0, axes.length === 0 ? 1 : undefined)) {
      const named = Object.fromEntries(axes.map((axis, i) => [axis, sizes[i]!]));
      const inputs: Record<string, HostTensor> = {};
      for (const [name, input] of Object.entries(options.inputs)) {
        inputs[name] = sampleInput(name, input, resolveShape(input.shape, axes, sizes), random, named);
      }
      const expected = await runRecorded(options, axes, sizes, inputs);
      const actual = await model.run(readBy(model, inputs));
      for (const [name, output] of Object.entries(expected)) {
        const difference = relative(name, actual[name]!, output);
        if (!(difference <= TOLERANCE)) {
          throw new ValueError(
            `exportOnnx: output ${name} differs from the training engine by ${difference} of its largest entry, more than ${TOLERANCE}, at ${JSON.stringify(named)}`,
          );
        }
        relativeDifference = Math.max(relativeDifference, difference);
      }
      checked.push(named);
    }
  } finally {
    await model.dispose();
  }
  return { relativeDifference, sizes: checked };
}

/** The function as the training engine computes it: recorded at exactly these sizes, `gru` step by step. */
async function runRecorded(
  options: ExportOptions,
  axes: readonly string[],
  sizes: Sizes,
  inputs: Readonly<Record<string, HostTensor>>,
): Promise<Outputs> {
  const { graph, outputs } = recordForward(options, axes, sizes, { onnxGru: false });
  const named = [...outputs].map(([name, value]) => ({ name: `output:${name}`, value }));
  const model = await OnnxModel.load(lowerGraph("reference", graph, named).bytes);
  try {
    const feeds: Record<string, HostTensor> = { ...options.params };
    for (const [name, tensor] of Object.entries(inputs)) feeds[inputKey(name)] = tensor;
    const results = await model.run(readBy(model, feeds));
    return Object.fromEntries([...outputs.keys()].map((name) => [name, results[`output:${name}`]!]));
  } finally {
    await model.dispose();
  }
}

/** The tensors that the model takes: an input that nothing depends on is not in its graph. */
function readBy(model: OnnxModel, tensors: Readonly<Record<string, HostTensor>>): Inputs {
  return Object.fromEntries(model.inputs.map(({ name }) => [name, tensors[name]!]));
}

function sampleInput(
  name: string,
  { type, sample }: ExportInput,
  shape: readonly number[],
  random: Random,
  sizes: Readonly<Record<string, number>>,
): HostTensor {
  const count = shape.reduce((product, size) => product * size, 1);
  const data = sample?.(shape, random, sizes) ?? defaultSample(type, count, random);
  if (data.length !== count) {
    throw new ShapeError(`exportOnnx: sample of input ${name} must give ${count} values, got ${data.length}`);
  }
  return { type, shape, data };
}

function defaultSample(type: HostTensor["type"], count: number, random: Random): HostTensor["data"] {
  if (type === "float32") return Float32Array.from({ length: count }, () => random.normal());
  return type === "int32"
    ? new Int32Array(count)
    : Uint8Array.from({ length: count }, () => random.integer(2));
}

/** The largest difference of two outputs, divided by the largest expected entry; NaN where only one has NaN. */
function relative(name: string, actual: OutputTensor, expected: OutputTensor): number {
  if (actual.type !== expected.type || actual.shape.join() !== expected.shape.join()) {
    throw new ValueError(
      `exportOnnx: output ${name} is ${actual.type} [${actual.shape.join(", ")}], the training engine gives ${expected.type} [${expected.shape.join(", ")}]`,
    );
  }
  const a = actual.data as Float32Array;
  const b = expected.data as Float32Array;
  let difference = 0;
  let largest = 0;
  for (let i = 0; i < b.length; i++) {
    if (Object.is(a[i], b[i])) continue;
    difference = Math.max(difference, Math.abs(a[i]! - b[i]!));
  }
  for (let i = 0; i < b.length; i++) largest = Math.max(largest, Number.isFinite(b[i]) ? Math.abs(b[i]!) : 0);
  return difference === 0 ? 0 : difference / largest;
}

import { checkGiven, checkOptions, StateError, ValueError } from "@wayweave/geo-core";
import { OnnxModel } from "../inference/onnx-model.js";
import { GraphBuilder, type Value } from "../onnx/graph-builder.js";
import type { OnnxTensor } from "../onnx/initializers.js";
import { checkHostTensor } from "../train/host-tensor.js";
import { AxisSizes, type AxisSource } from "./axis-sizes.js";
import type { ExportOptions } from "./export-options.js";
import type { Sizes } from "./extent.js";
import { type Folding, foldParameters } from "./fold-parameters.js";
import { generalise, refuseForm } from "./generalise.js";
import { inputKey, recordForward } from "./record-forward.js";
import { type Agreement, verifyExport } from "./verify-export.js";
import { type Versions, type Walk, walk } from "./walk.js";

export type { ExportInput, ExportOptions, GraphPart } from "./export-options.js";
export type { Agreement } from "./verify-export.js";

/** An exported model. */
export interface ExportedModel {
  /** The `.onnx` file. */
  readonly bytes: Uint8Array;
  /** Nodes of the main graph, those of `prepend` and `append` included. */
  readonly nodeCount: number;
  /** The largest difference from the training engine that was found while verifying. */
  readonly agreement: Agreement;
}

const WHERE = "exportOnnx";
const MAX_AXES = 3;
/** Sizes to record at: primes, so that sums and products of them tell the axes apart. */
const PRIMES = [
  101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167, 173, 179, 181, 191, 193, 197,
];

/**
 * Writes a model as an ONNX file for inference, with dynamic axes.
 *
 * The function is recorded at several sizes of the dynamic axes and generalised from them; `gru` becomes ONNX's own
 * GRU operator. The result is then run in ONNX Runtime and compared with what the training engine gives at other
 * sizes, 1 among them: they must agree within 1e-4 of the output's largest entry.
 *
 * @throws {ValueError} bad options, or outputs that do not agree
 * @throws {StateError} something that cannot be recorded, or whose form depends on the sizes
 * @throws {ShapeError} values of parameters that do not fit their shape
 * @example
 * const { bytes } = await exportOnnx({
 *   forward: (params, { x }) => x.matMul(params.w),
 *   params: await trainStep.params(),
 *   inputs: { x: { type: "float32", shape: ["batch", 3] } },
 * });
 */
export async function exportOnnx(options: ExportOptions): Promise<ExportedModel> {
  checkOptions(WHERE, options, [
    "forward",
    "params",
    "inputs",
    "output",
    "name",
    "metadata",
    "opset",
    "prepend",
    "append",
  ]);
  checkExport(options);
  const axes = dynamicAxes(options.inputs);
  const recordings = chooseSizes(options, axes);
  const recording = await recordAll(options, axes, recordings);
  const plain = buildGraph({ ...options, prepend: undefined, append: undefined }, recording);
  const plainBytes = plain.toBytes();
  const agreement = await verifyExport(options, axes, plainBytes);
  if (options.prepend === undefined && options.append === undefined) {
    return { bytes: plainBytes, nodeCount: plain.nodeCount, agreement };
  }
  const { prepend, append } = options;
  const graph = buildGraph({ ...options, prepend, append }, recording);
  const bytes = graph.toBytes();
  // Parts written by hand cannot be compared with anything here, but they must at least load.
  await (await OnnxModel.load(bytes)).dispose();
  return { bytes, nodeCount: graph.nodeCount, agreement };
}

function checkExport(options: ExportOptions): void {
  checkGiven(WHERE, "options", options);
  const { params, inputs } = options;
  checkGiven(WHERE, "params", params);
  checkGiven(WHERE, "inputs", inputs);
  if (Object.keys(inputs).length === 0) throw new ValueError(`${WHERE}: inputs must name at least one input`);
  for (const [name, tensor] of Object.entries(params)) checkHostTensor(WHERE, `params.${name}`, tensor);
  for (const [name, { type, shape }] of Object.entries(inputs)) {
    if (!["float32", "int32", "bool"].includes(type)) {
      throw new ValueError(`${WHERE}: type of input ${name} must be float32, int32 or bool, got ${type}`);
    }
    if (
      !shape.every((axis) =>
        typeof axis === "string" ? axis !== "" : Number.isSafeInteger(axis) && axis > 0,
      )
    ) {
      throw new ValueError(
        `${WHERE}: shape of input ${name} must hold positive counts or names, got [${shape.join(", ")}]`,
      );
    }
  }
}

/** Names of the dynamic axes, in the order in which the inputs mention them. */
function dynamicAxes(inputs: ExportOptions["inputs"]): string[] {
  const names = Object.values(inputs).flatMap(({ shape }) =>
    shape.filter((axis) => typeof axis === "string"),
  );
  const axes = [...new Set(names)];
  if (axes.length > MAX_AXES) {
    throw new ValueError(
      `${WHERE}: inputs must have at most ${MAX_AXES} dynamic axes, got ${axes.join(", ")}`,
    );
  }
  return axes;
}

/** The corners of a box of sizes, and one more point; see `fitExtent`. No size equals a fixed one of the model. */
function chooseSizes({ params, inputs }: ExportOptions, axes: readonly string[]): Sizes[] {
  const fixed = new Set<number | string>(
    [...Object.values(params), ...Object.values(inputs)].flatMap(({ shape }) => [...shape]),
  );
  const free = PRIMES.filter((prime) => !fixed.has(prime));
  if (free.length < 3 * axes.length) {
    throw new StateError(`${WHERE}: the model's extents leave no sizes to record at`);
  }
  const [low, high, check] = [0, 1, 2].map((k) => axes.map((_, axis) => free[3 * axis + k]!));
  const corners = Array.from({ length: 1 << axes.length }, (_, corner) =>
    axes.map((_, axis) => ((corner >> axis) & 1 ? high![axis]! : low![axis]!)),
  );
  return axes.length === 0 ? corners : [...corners, check!];
}

/** The function at several sizes, side by side. */
interface Recording {
  readonly axes: readonly string[];
  readonly sizes: readonly Sizes[];
  /** Each output in all recordings. */
  readonly outputs: ReadonlyMap<string, Versions>;
  readonly walk: Walk;
  readonly folding: Folding;
}

async function recordAll(
  options: ExportOptions,
  axes: readonly string[],
  sizes: readonly Sizes[],
): Promise<Recording> {
  const recorded = sizes.map((point) => recordForward(options, axes, point, { onnxGru: true }));
  const [first] = recorded;
  const names = [...first!.outputs.keys()];
  const outputs = new Map(names.map((name) => [name, recorded.map((one) => one.outputs.get(name)!)]));
  const walked = walk(outputs.values(), (what) => refuseForm(axes, sizes, what));
  const folding = await foldParameters(first!.graph, walked, outputs.values(), options.params);
  return { axes, sizes, outputs, walk: walked, folding };
}

type BuildOptions = Omit<ExportOptions, "prepend" | "append"> & {
  readonly prepend: ExportOptions["prepend"] | undefined;
  readonly append: ExportOptions["append"] | undefined;
};

function buildGraph(options: BuildOptions, recording: Recording): GraphBuilder {
  const { params, inputs, metadata = {}, opset } = options;
  const { axes, sizes, outputs } = recording;
  const graph = new GraphBuilder({
    name: options.name ?? "model",
    ...(opset === undefined ? {} : { opset }),
  });
  const values = declareInputs(graph, inputs, options.prepend?.(graph) ?? {});
  // Inputs and outputs keep their names; a parameter of the same name makes way.
  const store = (name: string, { type, shape, data }: OnnxTensor) =>
    graph.constant(type, shape, data, name in inputs || outputs.has(name) ? `${name}/value` : name);
  const results = generalise(
    {
      graph,
      sizes: new AxisSizes(
        graph,
        axes,
        axes.map((axis) => sourceOf(axis, inputs, values)),
      ),
      axes,
      recordings: sizes,
      parameters: new Set(Object.keys(params)),
      walk: recording.walk,
      folding: recording.folding,
      input: (key) => values.get(key) ?? store(key, params[key]!),
      store,
    },
    outputs,
  );
  const named = options.append?.(graph, Object.fromEntries(results)) ?? Object.fromEntries(results);
  for (const [name, value] of Object.entries(named)) graph.output(value, name);
  for (const [key, value] of Object.entries(metadata)) graph.metadata(key, value);
  return graph;
}

/** The model's inputs by their key in recordings: declared here, or results of preprocessing. */
function declareInputs(
  graph: GraphBuilder,
  inputs: ExportOptions["inputs"],
  prepended: Readonly<Record<string, Value>>,
): Map<string, Value> {
  for (const [name, value] of Object.entries(prepended)) {
    const input = inputs[name];
    if (input === undefined)
      throw new ValueError(`${WHERE}: prepend returned ${name}, which is not an input`);
    if (value.type !== input.type || value.shape.length !== input.shape.length) {
      throw new ValueError(
        `${WHERE}: prepend must return ${name} as ${input.type} [${input.shape.join(", ")}], got ${value.type} [${value.shape.join(", ")}]`,
      );
    }
  }
  return new Map(
    Object.entries(inputs).map(([name, { type, shape }]) => [
      inputKey(name),
      prepended[name] ?? graph.input(name, type, shape),
    ]),
  );
}

function sourceOf(
  axis: string,
  inputs: ExportOptions["inputs"],
  values: ReadonlyMap<string, Value>,
): AxisSource {
  const [name, input] = Object.entries(inputs).find(([, { shape }]) => shape.includes(axis))!;
  return { value: values.get(inputKey(name))!, axis: input.shape.indexOf(axis) };
}

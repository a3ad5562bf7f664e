import { OnnxModel } from "../inference/onnx-model.js";
import type { OnnxTensor } from "../onnx/initializers.js";
import type { HostTensor } from "../train/host-tensor.js";
import { type Graph, type GraphValue, sizeOf } from "../train/record/graph.js";
import { lowerGraph } from "../train/record/lower.js";
import { inputsOf, isSameConstant, keyOf, resultOf, type Versions, type Walk } from "./walk.js";

/** A tensor that follows from parameters alone, computed once and for all. */
export interface FoldedParameter extends OnnxTensor {
  /** Made of the names of the parameters it comes from. */
  readonly name: string;
}

export interface Folding {
  /** By the key of the value in all recordings. */
  readonly values: ReadonlyMap<string, FoldedParameter>;
  /** Keys of the nodes (of their first result) that need not be in the model. */
  readonly nodes: ReadonlySet<string>;
}

/** Operators that rearrange or combine parameters without making them larger. */
const FOLDABLE = new Set([
  "Transpose",
  "Reshape",
  "Split",
  "Concat",
  "Slice",
  "Squeeze",
  "Unsqueeze",
  "Add",
  "Sub",
  "Mul",
  "Cast",
]);

/**
 * Computes what depends on parameters only: kernels in ONNX's order of axes, gates stacked for its GRU, biases added
 * up. The model then stores the results in place of the parameters and the nodes.
 *
 * @param graph the first recording
 * @param outputs the function's results in all recordings
 */
export async function foldParameters(
  graph: Graph,
  { nodes }: Walk,
  outputs: Iterable<Versions>,
  params: Readonly<Record<string, HostTensor>>,
): Promise<Folding> {
  const sources = new Map<string, ReadonlySet<string>>();
  const folded = new Set<string>();
  const wanted = new Map<string, Versions>();
  const want = (versions: Versions) => {
    if (versions[0]!.node !== undefined && sources.has(keyOf(versions)))
      wanted.set(keyOf(versions), versions);
  };
  for (const first of nodes) {
    const from = sourcesOf(first, sources, params);
    if (from === undefined) {
      for (const input of inputsOf(first)) if (input !== undefined) want(input);
      continue;
    }
    folded.add(keyOf(first));
    first[0]!.node!.outputs.forEach((_, i) => {
      sources.set(keyOf(resultOf(first, i)), from);
    });
  }
  for (const versions of outputs) want(versions);
  const values = await compute(graph, [...wanted.values()], params);
  return {
    nodes: folded,
    values: new Map(
      [...wanted.keys()].map((key, i) => [key, { ...values[i]!, name: joinNames([...sources.get(key)!]) }]),
    ),
  };
}

/** The parameters a node's results come from, if they come from nothing else. */
function sourcesOf(
  first: Versions,
  known: ReadonlyMap<string, ReadonlySet<string>>,
  params: Readonly<Record<string, HostTensor>>,
): ReadonlySet<string> | undefined {
  const { op, inputs, outputs } = first[0]!.node!;
  if (!FOLDABLE.has(op) || sizeSum(outputs) > sizeSum(inputs)) return undefined;
  const sources = new Set<string>();
  for (const input of inputsOf(first)) {
    if (input === undefined || isSameConstant(input)) continue;
    const { inputName } = input[0]!;
    const from =
      known.get(keyOf(input)) ?? (inputName !== undefined && inputName in params ? [inputName] : undefined);
    if (from === undefined) return undefined;
    for (const name of from) sources.add(name);
  }
  return sources.size === 0 ? undefined : sources;
}

function sizeSum(values: readonly (GraphValue | undefined)[]): number {
  return values.reduce((sum, value) => sum + (value === undefined ? 0 : sizeOf(value.shape)), 0);
}

async function compute(
  graph: Graph,
  wanted: readonly Versions[],
  params: Readonly<Record<string, HostTensor>>,
): Promise<OnnxTensor[]> {
  if (wanted.length === 0) return [];
  const named = wanted.map(([value], i) => ({ name: `folded:${i}`, value: value! }));
  const model = await OnnxModel.load(lowerGraph("parameters", graph, named).bytes);
  try {
    const outputs = await model.run(
      Object.fromEntries(model.inputs.map(({ name }) => [name, params[name]!])),
    );
    return named.map(({ name }) => outputs[name]!);
  } finally {
    await model.dispose();
  }
}

/** `gru/bias` and `gru/recurrentBias` → `gru/bias+recurrentBias`. */
function joinNames([first, ...others]: readonly string[]): string {
  const group = first!.slice(0, first!.search(/[^/.]*$/));
  return [first!, ...others.map((name) => (name.startsWith(group) ? name.slice(group.length) : name))].join(
    "+",
  );
}

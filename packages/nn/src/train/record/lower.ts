import { GraphBuilder, type Value } from "../../onnx/graph-builder.js";
import type { Graph, GraphNode, GraphValue } from "./graph.js";

/** A graph's result and the name it gets. */
export interface NamedValue {
  readonly name: string;
  readonly value: GraphValue;
}

/** A recorded graph as an ONNX model. */
export interface LoweredGraph {
  readonly bytes: Uint8Array;
  readonly nodeCount: number;
  /** The graph inputs that something reads; the others are left out. */
  readonly inputNames: ReadonlySet<string>;
  /** Nodes of max pooling that tell where each maximum was, for its gradient. */
  readonly indexedPools: readonly string[];
}

/** Outputs past the last one that is read may be left out of these; ONNX Runtime then takes a faster path. */
const OPTIONAL_OUTPUTS = new Set(["MaxPool"]);

/**
 * Writes what the outputs need, and nothing else, as an ONNX model. Nodes keep the order in which they were
 * recorded, which is topological.
 */
export function lowerGraph(name: string, graph: Graph, outputs: readonly NamedValue[]): LoweredGraph {
  const { nodes, values: needed } = reachable(outputs.map(({ value }) => value));
  const builder = new GraphBuilder({ name });
  const outputNames = new Map(outputs.map(({ name: outputName, value }) => [value.id, outputName]));
  const built = new Map<number, Value>();
  const inputNames = new Set<string>();
  const indexedPools: string[] = [];
  for (const input of graph.inputs) {
    if (!needed.has(input)) continue;
    inputNames.add(input.inputName!);
    built.set(input.id, builder.input(input.inputName!, input.type, input.shape));
  }
  const builtValue = (value: GraphValue): Value => {
    const known = built.get(value.id);
    if (known !== undefined) return known;
    const constant = builder.constant(value.type, value.shape, value.data!);
    built.set(value.id, constant);
    return constant;
  };
  for (const node of nodes) {
    const results = OPTIONAL_OUTPUTS.has(node.op) ? trimUnread(node, needed) : node.outputs;
    const specs = results.map(({ id, type, shape }) => ({ type, shape, ...named(outputNames.get(id)) }));
    const inputs = node.inputs.map((input) => (input === undefined ? undefined : builtValue(input)));
    const values = builder.node(node.op, inputs, specs, node.attributes, node.domain);
    if (node.op === "MaxPool" && values.length > 1) indexedPools.push(values[0]!.name);
    results.forEach(({ id }, i) => {
      built.set(id, values[i]!);
    });
  }
  for (const { name: outputName, value } of outputs) builder.output(builtValue(value), outputName);
  return { bytes: builder.toBytes(), nodeCount: builder.nodeCount, inputNames, indexedPools };
}

function named(name: string | undefined): { name?: string } {
  return name === undefined ? {} : { name };
}

function trimUnread(node: GraphNode, needed: ReadonlySet<GraphValue>): readonly GraphValue[] {
  let last = node.outputs.length;
  while (last > 1 && !needed.has(node.outputs[last - 1]!)) last--;
  return node.outputs.slice(0, last);
}

/** The nodes that the outputs depend on, in recorded order, and every value that is read. */
function reachable(outputs: readonly GraphValue[]): { nodes: GraphNode[]; values: Set<GraphValue> } {
  const values = new Set<GraphValue>();
  const nodes = new Set<GraphNode>();
  const pending = [...outputs];
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    if (values.has(value)) continue;
    values.add(value);
    if (value.node === undefined || nodes.has(value.node)) continue;
    nodes.add(value.node);
    for (const input of value.node.inputs) if (input !== undefined) pending.push(input);
  }
  const order = (node: GraphNode) => node.outputs[0]!.id;
  return { nodes: [...nodes].sort((a, b) => order(a) - order(b)), values };
}

import type { OnnxAttribute, OnnxType } from "../../onnx/graph-builder.js";
import { kindOf } from "../../onnx/realm.js";

/** What a recorded graph can hold as data. */
export type ConstantData = Float32Array | Int32Array | Uint8Array | BigInt64Array;

/** A value of the recorded graph: a graph input, a constant, or one result of a node. Shapes are static. */
export interface GraphValue {
  readonly id: number;
  readonly type: OnnxType;
  readonly shape: readonly number[];
  /** The node that computes it; absent for inputs and constants. */
  readonly node?: GraphNode;
  /** The contents of a constant. */
  readonly data?: ConstantData;
  /** The name of a graph input. */
  readonly inputName?: string;
}

/** An ONNX operator applied to values. Every recorded operator is pure. */
export interface GraphNode {
  readonly op: string;
  readonly domain: string;
  readonly inputs: readonly (GraphValue | undefined)[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
  readonly outputs: readonly GraphValue[];
}

export interface ValueSpec {
  readonly type: OnnxType;
  readonly shape: readonly number[];
}

/** Constants larger than this are not compared with each other: reading them would cost more than it saves. */
const SHARED_CONSTANT_ELEMENTS = 256;

/**
 * The recorded graph before it becomes ONNX. Operators are pure, so equal nodes are shared when they are made
 * (hash-consing): a backward pass that asks again for a transpose or a comparison gets the first one.
 */
export class Graph {
  readonly inputs: GraphValue[] = [];
  #nextId = 0;
  readonly #nodes = new Map<string, GraphNode>();
  readonly #constants = new Map<string, GraphValue>();

  input(inputName: string, spec: ValueSpec): GraphValue {
    const value: GraphValue = { id: this.#nextId++, ...spec, inputName };
    this.inputs.push(value);
    return value;
  }

  constant(spec: ValueSpec, data: ConstantData): GraphValue {
    const key =
      data.length <= SHARED_CONSTANT_ELEMENTS
        ? `${spec.type}[${spec.shape}]${data.join(",")}${signsOfZeros(data)}`
        : undefined;
    const shared = key === undefined ? undefined : this.#constants.get(key);
    if (shared !== undefined) return shared;
    const value: GraphValue = { id: this.#nextId++, ...spec, data };
    if (key !== undefined) this.#constants.set(key, value);
    return value;
  }

  /** A float32 or int32 scalar. */
  scalar(x: number, type: "float32" | "int32" = "float32"): GraphValue {
    return this.constant({ type, shape: [] }, type === "int32" ? Int32Array.of(x) : Float32Array.of(x));
  }

  /** A vector of int64, which is how ONNX takes shapes, axes and bounds. */
  int64(values: readonly number[]): GraphValue {
    return this.constant({ type: "int64", shape: [values.length] }, BigInt64Array.from(values, BigInt));
  }

  node(
    op: string,
    inputs: readonly (GraphValue | undefined)[],
    outputs: readonly ValueSpec[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
    domain = "",
  ): readonly GraphValue[] {
    const key = `${domain}|${op}|${inputs.map((input) => input?.id ?? "").join(",")}|${JSON.stringify(attributes)}|${outputs.length}|${specKey(outputs[0])}`;
    const shared = this.#nodes.get(key);
    if (shared !== undefined) return shared.outputs;
    const results: GraphValue[] = [];
    const node: GraphNode = { op, domain, inputs, attributes, outputs: results };
    for (const spec of outputs) {
      results.push({ id: this.#nextId++, type: spec.type, shape: [...spec.shape], node });
    }
    this.#nodes.set(key, node);
    return results;
  }

  /** A node with one result. */
  node1(
    op: string,
    inputs: readonly (GraphValue | undefined)[],
    output: ValueSpec,
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
    domain = "",
  ): GraphValue {
    return this.node(op, inputs, [output], attributes, domain)[0]!;
  }

  /** Node that already exists with exactly these inputs and no attributes, if any: for peephole rewrites. */
  find(op: string, inputs: readonly GraphValue[], output: ValueSpec): GraphValue | undefined {
    const key = `|${op}|${inputs.map((input) => input.id).join(",")}|{}|1|${specKey(output)}`;
    return this.#nodes.get(key)?.outputs[0];
  }
}

/** The value of a constant that holds one number, else undefined. */
export function scalarConstant(value: GraphValue): number | undefined {
  return value.data?.length === 1 ? Number(value.data[0]) : undefined;
}

function specKey(spec: ValueSpec | undefined): string {
  return spec === undefined ? "" : `${spec.type}[${spec.shape}]`;
}

/** `join` writes −0 as 0; the two must not be shared. */
function signsOfZeros(data: ConstantData): string {
  if (kindOf(data) !== "Float32Array") return "";
  let signs = "";
  for (let i = 0; i < data.length; i++) if (Object.is(data[i], -0)) signs += `-${i}`;
  return signs;
}

export function sizeOf(shape: readonly number[]): number {
  let size = 1;
  for (const extent of shape) size *= extent;
  return size;
}

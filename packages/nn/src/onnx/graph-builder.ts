import { checkOptions, StateError, ValueError } from "@wayweave/geo-core";
import { type AttributeOf, toAttributeProto, toTensorProto } from "./attribute.js";
import { onnx } from "./generated/onnx-ml.js";
import { checkShape, irVersionFor, MAX_MODEL_BYTES, sharingKey, tooLarge, valueInfo } from "./model-parts.js";
import type { TensorValues } from "./tensor-data.js";
import type { OnnxType, Value } from "./types.js";

export type { TensorValues } from "./tensor-data.js";
export type { OnnxType, Value } from "./types.js";

/** An attribute of a node, by kind: `{ i: 1 }` is one integer, `{ ints: [1, 2] }` a list. */
export type OnnxAttribute = AttributeOf<GraphBuilder>;

/** What a node produces: the builder names it unless a name is given. */
export interface OutputSpec {
  /** The element type. */
  readonly type: OnnxType;
  /** The size of each axis, or a name where it is dynamic. Not worked out here: what is said is recorded. */
  readonly shape: readonly (number | string)[];
  /** Made unique with a number when taken. */
  readonly name?: string;
}

/** The graph that {@link GraphBuilder} begins with. */
export interface GraphBuilderOptions {
  /** Name of the graph, shown by viewers. */
  readonly name: string;
  /** Version of the default operator set, ≥ 18. Default 18. */
  readonly opset?: number;
}

const DEFAULT_OPSET = 18;
/** Operator-set versions of the domains besides the default one. */
const DOMAIN_VERSIONS: Readonly<Record<string, number>> = { "com.microsoft": 1, "ai.onnx.ml": 3 };
const PRODUCER = "@wayweave/nn";

/**
 * Builds an ONNX model, node by node, and writes it as a `ModelProto`.
 *
 * Values are named when they are made; types and shapes are the caller's statement and are recorded as such.
 * Nodes must be added after the values they read (ONNX graphs are in topological order).
 *
 * @example
 * const graph = new GraphBuilder({ name: "double" });
 * const x = graph.input("x", "float32", ["batch", 2]);
 * const two = graph.constant("float32", [], [2]);
 * const [y] = graph.node("Mul", [x, two], [{ type: "float32", shape: ["batch", 2] }]);
 * graph.output(y!, "y");
 * await OnnxModel.load(graph.toBytes());
 */
export class GraphBuilder {
  readonly #name: string;
  readonly #opset: number;
  readonly #scope: NameScope;
  readonly #inputs: onnx.ValueInfoProto.$Properties[] = [];
  readonly #outputs: onnx.ValueInfoProto.$Properties[] = [];
  readonly #nodes: onnx.NodeProto.$Properties[] = [];
  readonly #initializers: onnx.TensorProto.$Properties[] = [];
  readonly #metadata = new Map<string, string>();
  readonly #shared = new Map<string, Value>();
  readonly #known = new Map<string, Value>();
  readonly #parent: GraphBuilder | undefined;

  /**
   * @param options the graph's name and the operator set's version
   * @param parent set by {@link subgraph} only
   * @throws {ValueError} opset < 18, or an unknown option
   */
  constructor(options: GraphBuilderOptions, parent?: GraphBuilder) {
    checkOptions<GraphBuilderOptions>("GraphBuilder", options ?? null, ["name", "opset"]);
    if (parent !== undefined && !(typeof parent === "object" && parent !== null && #scope in parent)) {
      throw new ValueError("GraphBuilder: parent is set by subgraph only");
    }
    const opset = options.opset ?? parent?.opset ?? DEFAULT_OPSET;
    if (!Number.isSafeInteger(opset) || opset < 18) {
      throw new ValueError(`GraphBuilder: opset must be an integer ≥ 18, got ${opset}`);
    }
    this.#name = options.name;
    this.#opset = opset;
    this.#parent = parent;
    this.#scope =
      parent === undefined ? { used: new Set(), next: new Map(), domains: new Set() } : parent.#scope;
  }

  /** Version of the default operator set, ≥ 18. */
  get opset(): number {
    return this.#opset;
  }

  /** Nodes so far, those of subgraphs not counted. */
  get nodeCount(): number {
    return this.#nodes.length;
  }

  /**
   * Declares an input of the model.
   *
   * @throws {ValueError} the name is taken or empty, or an axis is neither a count nor a name
   */
  input(name: string, type: OnnxType, shape: readonly (number | string)[]): Value {
    this.#checkNewName("input", name);
    const value = this.#define({ name, type, shape: checkShape("GraphBuilder.input", name, type, shape) });
    this.#inputs.push(valueInfo(value));
    return value;
  }

  /**
   * A tensor stored in the model. Unnamed constants of up to 1 kB that are equal are stored once. The bytes of
   * a typed array are read when the model is written: leave the array alone until then.
   *
   * @param data row-major; a typed array of the type's kind (float16: its bits as Uint16Array), or numbers
   * @throws {ShapeError} data.length is not the shape's element count
   * @throws {ValueError} values that the type cannot hold
   */
  constant(type: OnnxType, shape: readonly number[], data: TensorValues, name?: string): Value {
    const where = "GraphBuilder.constant";
    checkShape(where, name ?? "constant", type, shape);
    const tensor = toTensorProto(where, type, shape, data);
    const key = name === undefined ? sharingKey(type, shape, tensor) : undefined;
    const equal = key === undefined ? undefined : this.#shared.get(key);
    if (equal !== undefined) return equal;
    // The caller may change the array later: what is shared must not change with it.
    if (key !== undefined && tensor.rawData) tensor.rawData = tensor.rawData.slice();
    tensor.name = this.#uniqueName(name ?? "constant");
    this.#initializers.push(tensor);
    const value = this.#define({ name: tensor.name, type, shape: [...shape] });
    if (key !== undefined) this.#shared.set(key, value);
    return value;
  }

  /**
   * Adds an operator.
   *
   * @param op the ONNX operator, such as `"MatMul"`
   * @param inputs its operands; `undefined` leaves an optional one out
   * @param outputs type, shape and perhaps a name of each result
   * @param attributes such as `{ axis: { i: 1 } }`
   * @param domain the operator set, default ONNX's own; `"com.microsoft"` for ONNX Runtime's
   * @returns the results, in order
   * @throws {ValueError} an input that this graph does not know
   */
  node(
    op: string,
    inputs: readonly (Value | undefined)[],
    outputs: readonly OutputSpec[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
    domain = "",
  ): Value[] {
    for (const input of inputs) {
      if (input !== undefined && !this.#knows(input)) {
        throw new ValueError(
          `GraphBuilder.node: ${op} reads ${input.name}, which is not a value of this graph`,
        );
      }
    }
    const values = outputs.map(({ type, shape, name }) => ({
      name: this.#uniqueName(name ?? `${op}_output`),
      type,
      shape: checkShape("GraphBuilder.node", name ?? op, type, shape),
    }));
    const node: onnx.NodeProto.$Properties = {
      name: values[0]?.name ?? op,
      opType: op,
      input: inputs.map((input) => input?.name ?? ""),
      output: values.map((value) => value.name),
      attribute: Object.entries(attributes).map(([name, value]) =>
        toAttributeProto(name, value, GraphBuilder.#protoOf),
      ),
    };
    if (domain !== "") node.domain = domain;
    this.#scope.domains.add(domain);
    this.#nodes.push(node);
    return values.map((value) => this.#define(value));
  }

  /** A node with one result. */
  node1(
    op: string,
    inputs: readonly (Value | undefined)[],
    output: OutputSpec,
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
    domain = "",
  ): Value {
    return this.node(op, inputs, [output], attributes, domain)[0]!;
  }

  /**
   * Makes a value an output of the model, under the given name.
   *
   * @throws {ValueError} a name that is taken, or a value of another graph
   */
  output(value: Value, name: string): void {
    if (!this.#knows(value)) {
      throw new ValueError(`GraphBuilder.output: ${value.name} is not a value of this graph`);
    }
    if (value.name === name && !this.#outputs.some((output) => output.name === name)) {
      this.#outputs.push(valueInfo(value));
      return;
    }
    this.#checkNewName("output", name);
    this.#scope.used.add(name);
    this.#nodes.push({ name, opType: "Identity", input: [value.name], output: [name], attribute: [] });
    this.#scope.domains.add("");
    const named = this.#define({ ...value, name });
    this.#outputs.push(valueInfo(named));
  }

  /** Sets an entry of the model's `metadata_props`; a later value replaces an earlier one. */
  metadata(key: string, value: string): void {
    this.#metadata.set(key, value);
  }

  /**
   * A graph for the body of `If`, `Loop` or `Scan`, passed as `{ graph: body }`. Its nodes may read this
   * graph's values.
   */
  subgraph(name: string): GraphBuilder {
    return new GraphBuilder({ name, opset: this.#opset }, this);
  }

  /**
   * The model as the bytes of an `.onnx` file.
   *
   * @throws {StateError} no output was declared, or this is the body of another graph's node
   * @throws {ValueError} the model would reach 2 GiB, which protobuf cannot express
   */
  toBytes(): Uint8Array {
    if (this.#parent !== undefined) {
      throw new StateError("GraphBuilder.toBytes: a subgraph is written with the graph that holds it");
    }
    if (this.#outputs.length === 0) {
      throw new StateError(`GraphBuilder.toBytes: graph ${this.#name} has no output`);
    }
    const weightBytes = this.#initializers.reduce((sum, { rawData }) => sum + (rawData?.byteLength ?? 0), 0);
    if (weightBytes > MAX_MODEL_BYTES - 2 ** 20) throw tooLarge(this.#name, weightBytes);
    const model: onnx.ModelProto.$Properties = {
      irVersion: irVersionFor(this.#opset),
      producerName: PRODUCER,
      graph: this.#toProto(),
      opsetImport: this.#opsetImports(),
      metadataProps: [...this.#metadata].map(([key, value]) => ({ key, value })),
    };
    const bytes = onnx.ModelProto.encode(model).finish();
    if (bytes.byteLength > MAX_MODEL_BYTES) throw tooLarge(this.#name, bytes.byteLength);
    // protobufjs gives a Buffer, whose `slice` is no copy: callers get what the signature says.
    return new Uint8Array(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength);
  }

  #toProto(): onnx.GraphProto.$Properties {
    return {
      name: this.#name,
      node: this.#nodes,
      initializer: this.#initializers,
      input: this.#inputs,
      output: this.#outputs,
    };
  }

  static #protoOf(builder: GraphBuilder): onnx.GraphProto.$Properties {
    return builder.#toProto();
  }

  #opsetImports(): onnx.OperatorSetIdProto.$Properties[] {
    const imports = [{ domain: "", version: this.#opset }];
    for (const domain of this.#scope.domains) {
      if (domain !== "") imports.push({ domain, version: DOMAIN_VERSIONS[domain] ?? 1 });
    }
    return imports;
  }

  #define(value: Value): Value {
    this.#scope.used.add(value.name);
    this.#known.set(value.name, value);
    return value;
  }

  #knows(value: Value): boolean {
    if (this.#known.has(value.name)) return true;
    return this.#parent === undefined ? false : this.#parent.#knows(value);
  }

  #checkNewName(method: string, name: string): void {
    if (name === "") throw new ValueError(`GraphBuilder.${method}: name must not be empty`);
    if (this.#scope.used.has(name)) throw new ValueError(`GraphBuilder.${method}: name ${name} is taken`);
  }

  #uniqueName(wanted: string): string {
    const { used } = this.#scope;
    let name = wanted;
    for (let i = this.#scope.next.get(wanted) ?? 1; used.has(name); i++) {
      name = `${wanted}_${i}`;
      this.#scope.next.set(wanted, i + 1);
    }
    used.add(name);
    return name;
  }
}

/** Names and operator sets are the whole model's: a subgraph shares its parent's. */
interface NameScope {
  readonly used: Set<string>;
  /** The number to try next for a name that was taken. */
  readonly next: Map<string, number>;
  readonly domains: Set<string>;
}

import { checkGiven, ValueError } from "@wayweave/geo-core";
import { appendOnnx, GraphBuilder, GraphOps, readOnnxHeader, type Value } from "@wayweave/nn";
import type { Matrix64 } from "@wayweave/numeric";
import type { ChiSquaredBasis } from "./feature-map.js";
import type { Tower } from "./tower.js";

/** The kind of what is embedded. */
export type Modality = "image" | "text";

/** The network whose features a tower takes. */
export interface BackboneExport {
  /** The bytes of its ONNX file, of operator set 18 or later. */
  readonly backbone: Uint8Array;
  /** Its output that holds the features, `[batch, features]`. */
  readonly output: string;
}

/** A tower as a model of its own, `features` → `representation`, or at the end of a backbone, `pixels` → … */
export function modelToOnnx(tower: Tower, name: string, end?: BackboneExport): Uint8Array {
  const opset = end === undefined ? undefined : opsetOf(end.backbone);
  const graph = new GraphBuilder({ name, ...(opset === undefined ? {} : { opset }) });
  const features = graph.input("features", "float32", ["batch", tower.columns]);
  graph.output(addTower(graph, tower, features), "representation");
  const bytes = graph.toBytes();
  return end === undefined ? bytes : appendOnnx(end.backbone, bytes, { features: end.output });
}

/** Operators of a tower, such as ReduceL2 with its axes as an input, came with set 18. */
const EARLIEST_OPSET = 18;

function opsetOf(backbone: Uint8Array): number {
  const opset = readOnnxHeader(backbone).opsets[""] ?? 0;
  if (opset < EARLIEST_OPSET) {
    throw new ValueError(
      `toOnnx: backbone must use operator set ${EARLIEST_OPSET} or later (onnx.version_converter raises it), got ${opset}`,
    );
  }
  return opset;
}

/**
 * Adds a tower to a graph, so that a backbone's features go on to a representation in the same model.
 *
 * @param features float32 `[batch, columns]`
 * @returns float32 `[batch, dimensions]`
 */
export function addTower(graph: GraphBuilder, tower: Tower, features: Value): Value {
  checkGiven("addTower", "graph", graph);
  checkGiven("addTower", "tower", tower);
  checkGiven("addTower", "features", features);
  const ops = new GraphOps(graph);
  const { root, unitLength, mean, scale, chiSquared } = tower.features.parameters;
  let value = features;
  if (root) value = ops.sqrt(value);
  if (unitLength) value = addUnitLength(graph, ops, value);
  if (mean !== undefined && scale !== undefined) {
    value = ops.mul(ops.sub(value, vector(graph, mean)), vector(graph, scale));
  }
  if (chiSquared !== undefined) value = addChiSquared(graph, ops, chiSquared, value);
  if (tower.projection !== undefined) {
    const { mean: center, weights } = tower.projection;
    value = addLinear(graph, ops.sub(value, vector(graph, center)), weights);
  }
  if (tower.classifier === undefined) return value;
  const scores = addLinear(graph, value, tower.classifier.weights, tower.classifier.intercept);
  return graph.node1("Softmax", [scores], { type: "float32", shape: scores.shape }, { axis: { i: 1 } });
}

/** x / ‖x‖; a row of zeros stays one. */
function addUnitLength(graph: GraphBuilder, ops: GraphOps, x: Value): Value {
  const axes = graph.constant("int64", [1], [1]);
  const length = graph.node1("ReduceL2", [x, axes], { type: "float32", shape: [x.shape[0]!, 1] });
  return ops.div(x, ops.where(ops.equal(length, 0), 1, length));
}

/** k(x, landmarks) · whiteningᵀ */
function addChiSquared(graph: GraphBuilder, ops: GraphOps, basis: ChiSquaredBasis, x: Value): Value {
  const { landmarks, gamma, whitening } = basis;
  const wide = ops.unsqueeze(x, 1); // [batch, 1, columns]
  const z = graph.constant(
    "float32",
    [1, landmarks.rows, landmarks.columns],
    Float32Array.from(landmarks.data),
  );
  const sum = ops.add(wide, z);
  const difference = ops.sub(wide, z);
  // Entries are not negative: where the sum is 0, so is the difference.
  const terms = ops.div(ops.mul(difference, difference), ops.where(ops.equal(sum, 0), 1, sum));
  const axes = graph.constant("int64", [1], [2]);
  const distance = graph.node1(
    "ReduceSum",
    [terms, axes],
    { type: "float32", shape: [x.shape[0]!, landmarks.rows] },
    { keepdims: { i: 0 } },
  );
  return addLinear(graph, ops.exp(ops.mul(distance, -gamma)), whitening);
}

/** x · weightsᵀ + intercept */
function addLinear(graph: GraphBuilder, x: Value, weights: Matrix64, intercept?: Float64Array): Value {
  const { rows, columns, data } = weights;
  const inputs = [x, graph.constant("float32", [rows, columns], Float32Array.from(data))];
  if (intercept !== undefined) inputs.push(vector(graph, intercept));
  return graph.node1("Gemm", inputs, { type: "float32", shape: [x.shape[0]!, rows] }, { transB: { i: 1 } });
}

function vector(graph: GraphBuilder, values: Float64Array): Value {
  return graph.constant("float32", [values.length], Float32Array.from(values));
}

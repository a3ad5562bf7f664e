import { GraphBuilder } from "../../src/onnx/graph-builder.js";

/** y = x·W with W = [[1, 2], [3, 4], [5, 6]]; x and y have a dynamic first axis. */
export function linearModel(): Uint8Array {
  const graph = new GraphBuilder({ name: "linear" });
  const x = graph.input("x", "float32", ["batch", 3]);
  const w = graph.constant("float32", [3, 2], Float32Array.of(1, 2, 3, 4, 5, 6), "w");
  graph.output(graph.node1("MatMul", [x, w], { type: "float32", shape: ["batch", 2] }), "y");
  graph.metadata("seed", "7");
  return graph.toBytes();
}

/** sum = Σ over axis 1 of x where the position is below the row's length; also the total, which has no batch axis. */
export function maskedSumModel(): Uint8Array {
  const graph = new GraphBuilder({ name: "masked-sum" });
  const x = graph.input("x", "float32", ["batch", "time"]);
  const lengths = graph.input("lengths", "int64", ["batch"]);
  const scalar = (value: number) => graph.constant("int64", [], [value]);
  const shape = graph.node1("Shape", [x], { type: "int64", shape: [2] });
  const time = graph.node1("Gather", [shape, scalar(1)], { type: "int64", shape: [] });
  const positions = graph.node1("Range", [scalar(0), time, scalar(1)], { type: "int64", shape: ["time"] });
  const column = graph.node1("Unsqueeze", [lengths, graph.constant("int64", [1], [1])], {
    type: "int64",
    shape: ["batch", 1],
  });
  const inside = graph.node1("Less", [positions, column], { type: "bool", shape: ["batch", "time"] });
  const zero = graph.constant("float32", [], [0]);
  const masked = graph.node1("Where", [inside, x, zero], { type: "float32", shape: ["batch", "time"] });
  const axes = graph.constant("int64", [1], [1]);
  const sum = graph.node1(
    "ReduceSum",
    [masked, axes],
    { type: "float32", shape: ["batch"] },
    { keepdims: { i: 0 } },
  );
  graph.output(sum, "sum");
  graph.output(
    graph.node1("ReduceSum", [sum], { type: "float32", shape: [] }, { keepdims: { i: 0 } }),
    "total",
  );
  return graph.toBytes();
}

/** x·x·…·x, `repeats` products of a [size, size] matrix: as much work as is wanted. */
export function slowModel(size: number, repeats: number): Uint8Array {
  const graph = new GraphBuilder({ name: "slow" });
  const x = graph.input("x", "float32", ["batch", size]);
  const w = graph.constant("float32", [size, size], new Float32Array(size * size).fill(1 / size), "w");
  let y = x;
  for (let i = 0; i < repeats; i++)
    y = graph.node1("MatMul", [y, w], { type: "float32", shape: ["batch", size] });
  graph.output(y, "y");
  return graph.toBytes();
}

/** Text in, text out: outputs the input as it is. */
export function echoModel(): Uint8Array {
  const graph = new GraphBuilder({ name: "echo" });
  const text = graph.input("text", "string", ["batch"]);
  graph.output(graph.node1("Identity", [text], { type: "string", shape: ["batch"] }), "echo");
  return graph.toBytes();
}

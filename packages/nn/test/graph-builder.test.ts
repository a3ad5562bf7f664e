import { ShapeError, ValueError } from "@wayweave/geo-core";
import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { GraphBuilder } from "../src/onnx/graph-builder.js";

describe("GraphBuilder", () => {
  it("writes a model that ONNX Runtime runs: y = 2·x + [10, 20]", async () => {
    const graph = new GraphBuilder({ name: "affine" });
    const x = graph.input("x", "float32", ["batch", 2]);
    const two = graph.constant("float32", [], [2]);
    const bias = graph.constant("float32", [2], Float32Array.of(10, 20), "bias");
    const spec = { type: "float32", shape: ["batch", 2] } as const;
    const [doubled] = graph.node("Mul", [x, two], [{ ...spec, name: "doubled" }]);
    graph.output(graph.node1("Add", [doubled, bias], spec), "y");
    graph.metadata("author", "test");
    const session = await ort.InferenceSession.create(graph.toBytes());
    const { y } = await session.run({ x: new ort.Tensor("float32", [1, 2, 3, 4], [2, 2]) });
    expect([...(y!.data as Float32Array)]).toEqual([12, 24, 16, 28]);
    expect(session.outputNames).toEqual(["y"]);
    await session.release();
  });

  it("stores equal small unnamed constants once", () => {
    const graph = new GraphBuilder({ name: "g" });
    expect(graph.constant("int64", [2], [1, 2])).toBe(graph.constant("int64", [2], [1, 2]));
    expect(graph.constant("int64", [2], [1, 2])).not.toBe(graph.constant("int64", [2, 1], [1, 2]));
    expect(graph.constant("int64", [2], [1, 2], "axes").name).toBe("axes");
  });

  it("refuses an unknown option, and none at all", () => {
    expect(() => new GraphBuilder({ name: "double", opsets: 18 } as never)).toThrow(
      'GraphBuilder: unknown option "opsets"; did you mean "opset"?',
    );
    expect(() => new GraphBuilder(undefined as never)).toThrow(
      "GraphBuilder: options must be an object, got null",
    );
  });

  it("refuses what it cannot write", () => {
    expect(() => new GraphBuilder({ name: "g", opset: 17 })).toThrow(
      new ValueError("GraphBuilder: opset must be an integer ≥ 18, got 17"),
    );
    const graph = new GraphBuilder({ name: "g" });
    const other = new GraphBuilder({ name: "h" }).input("x", "float32", [1]);
    expect(() => graph.node("Relu", [other], [{ type: "float32", shape: [1] }])).toThrow(
      "GraphBuilder.node: Relu reads x, which is not a value of this graph",
    );
    graph.input("x", "float32", [1]);
    expect(() => graph.input("x", "float32", [1])).toThrow("GraphBuilder.input: name x is taken");
  });

  it("writes control flow whose body reads the outer graph: |x| by If", async () => {
    const graph = new GraphBuilder({ name: "absolute" });
    const scalar = { type: "float32", shape: [] } as const;
    const x = graph.input("x", "float32", []);
    const zero = graph.constant("float32", [], [0]);
    const isNegative = graph.node1("Less", [x, zero], { type: "bool", shape: [] });
    const [then, otherwise] = ["Neg", "Identity"].map((op) => {
      const body = graph.subgraph(op);
      body.output(body.node1(op, [x], scalar), `${op}_result`);
      return body;
    });
    const y = graph.node1("If", [isNegative], scalar, {
      then_branch: { graph: then! },
      else_branch: { graph: otherwise! },
    });
    graph.output(y, "y");
    const session = await ort.InferenceSession.create(graph.toBytes());
    for (const value of [-3, 0, 2]) {
      const outputs = await session.run({ x: new ort.Tensor("float32", [value], []) });
      expect((outputs.y!.data as Float32Array)[0]).toBe(Math.abs(value));
    }
    await session.release();
    expect(() => then!.toBytes()).toThrow(
      "GraphBuilder.toBytes: a subgraph is written with the graph that holds it",
    );
  });

  it("names an output that is an input, and a value that is two outputs", async () => {
    const graph = new GraphBuilder({ name: "g" });
    const x = graph.input("x", "float32", [1]);
    const y = graph.node1("Neg", [x], { type: "float32", shape: [1], name: "y" });
    for (const [value, name] of [
      [x, "same"],
      [y, "y"],
      [y, "again"],
    ] as const)
      graph.output(value, name);
    expect(() => graph.output(y, "again")).toThrow("GraphBuilder.output: name again is taken");
    const session = await ort.InferenceSession.create(graph.toBytes());
    const outputs = await session.run({ x: new ort.Tensor("float32", [4], [1]) });
    expect(["same", "y", "again"].map((name) => (outputs[name]!.data as Float32Array)[0])).toEqual([
      4, -4, -4,
    ]);
    await session.release();
  });

  it("takes numbers for every type, and refuses those that do not fit", () => {
    const graph = new GraphBuilder({ name: "g" });
    expect(() => graph.constant("int8", [1], [200])).toThrow(
      new ValueError("GraphBuilder.constant: values[0] must fit int8, got 200"),
    );
    expect(() => graph.constant("int32", [1], [0.5])).toThrow(
      new ValueError("GraphBuilder.constant: values[0] must fit int32, got 0.5"),
    );
    expect(() => graph.constant("int64", [1], [0.5])).toThrow(
      new ValueError("GraphBuilder.constant: values[0] must be an integer, got 0.5"),
    );
    expect(() => graph.constant("float32", [2], [1])).toThrow(
      new ShapeError("GraphBuilder.constant: values of shape [2] must have length 2, got 1"),
    );
    expect(() => graph.constant("float32", [1], Int32Array.of(1))).toThrow(
      "GraphBuilder.constant: values of type float32 must be a Float32Array or an array of numbers, got Int32Array",
    );
  });

  it("refuses a model of 2 GiB before writing any of it", () => {
    const graph = new GraphBuilder({ name: "huge" });
    // Zeroed memory that nobody reads costs nothing.
    const half = new Uint8Array(2 ** 30);
    const x = graph.input("x", "float32", [1]);
    graph.constant("uint8", [2 ** 30], half, "first half");
    graph.constant("uint8", [2 ** 30], half, "second half");
    graph.output(x, "y");
    expect(() => graph.toBytes()).toThrow(
      "GraphBuilder.toBytes: graph huge holds 2147483648 bytes; an ONNX file must stay below 2 GiB (2147483647 bytes)",
    );
  });
});

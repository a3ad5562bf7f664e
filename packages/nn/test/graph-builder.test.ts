import { ValueError } from "@wayweave/geo-core";
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
});

import { ShapeError, ValueError } from "@wayweave/geo-core";
import { describe, expect, it } from "vitest";
import { loadOnnxParams } from "../../src/export/load-onnx-params.js";
import { GraphBuilder } from "../../src/onnx/graph-builder.js";
import { randomWeights } from "../support/export.js";

/** A model of somebody else: a 2 × 1 × 1 × 3 convolution kernel (output, input, height, width) and an index. */
function foreignModel(): Uint8Array {
  const graph = new GraphBuilder({ name: "foreign" });
  const x = graph.input("x", "float32", ["n", 1, 4, 4]);
  const w = graph.constant("float32", [2, 1, 1, 3], Float32Array.of(1, 2, 3, 4, 5, 6), "features.0.weight");
  graph.constant("int64", [2], [7, 8], "index");
  graph.output(graph.node1("Conv", [x, w], { type: "float32", shape: ["n", 2, 4, 2] }), "y");
  return graph.toBytes();
}

describe("loadOnnxParams", () => {
  const params = {
    kernel: randomWeights(1, [1, 3, 1, 2]),
    flat: randomWeights(1, [2, 1, 1, 3]),
    index: { type: "int32" as const, shape: [2], data: new Int32Array(2) },
  };

  it("maps names and turns axes: OIHW → HWIO", () => {
    const loaded = loadOnnxParams(foreignModel(), params, {
      kernel: { initializer: "features.0.weight", permutation: [2, 3, 1, 0] },
      flat: "features.0.weight",
      index: "index",
    });
    // Position (0, w, 0, o) holds the stored (o, 0, 0, w): 1, 4, 2, 5, 3, 6.
    expect(loaded.kernel).toEqual({
      type: "float32",
      shape: [1, 3, 1, 2],
      data: Float32Array.of(1, 4, 2, 5, 3, 6),
    });
    expect(loaded.flat!.data).toEqual(Float32Array.of(1, 2, 3, 4, 5, 6));
    expect(loaded.index).toEqual({ type: "int32", shape: [2], data: Int32Array.of(7, 8) });
  });

  it("names what does not fit", () => {
    const load = (mapping: Parameters<typeof loadOnnxParams>[2]) => () =>
      loadOnnxParams(foreignModel(), params, mapping);
    expect(load({ kernel: "features.0.weight" })).toThrow(
      new ShapeError(
        "loadOnnxParams: kernel must have shape [1, 3, 1, 2], got [2, 1, 1, 3] from features.0.weight",
      ),
    );
    expect(load({ kernel: "classifier" })).toThrow(
      new ValueError(
        "loadOnnxParams: the model has no initializer classifier for kernel; it has 2: features.0.weight, index",
      ),
    );
    expect(load({ other: "index" })).toThrow(new ValueError("loadOnnxParams: other is not a parameter"));
    expect(load({ kernel: { initializer: "features.0.weight", permutation: [0, 1] } })).toThrow(
      new ValueError("loadOnnxParams: permutation of kernel must hold the axes 0 … 3, got [0, 1]"),
    );
  });
});

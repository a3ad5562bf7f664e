import { FormatError } from "@wayweave/geo-core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { onnx } from "../src/onnx/generated/onnx-ml.js";
import { GraphBuilder } from "../src/onnx/graph-builder.js";
import { readOnnxInitializers } from "../src/onnx/initializers.js";
import { readOnnxHeader } from "../src/onnx/model-header.js";
import { linearModel } from "./support/models.js";

/** A model with one initializer, as other programs may write it. */
function modelWith(tensor: onnx.TensorProto.$Properties): Uint8Array {
  return onnx.ModelProto.encode({
    irVersion: 8,
    opsetImport: [{ domain: "", version: 18 }],
    graph: { name: "g", initializer: [{ name: "w", ...tensor }] },
  }).finish();
}

describe("readOnnxInitializers", () => {
  it("gives back what GraphBuilder stored, of every type", () => {
    const graph = new GraphBuilder({ name: "g" });
    const x = graph.input("x", "float32", [1]);
    const stored = {
      f: graph.constant("float32", [2], Float32Array.of(1.5, -2), "f"),
      d: graph.constant("float64", [1, 1], [Math.PI], "d"),
      h: graph.constant("float16", [1], Uint16Array.of(0x3c00), "h"),
      l: graph.constant("int64", [2], [-1, 2 ** 40], "l"),
      i: graph.constant("int32", [], [-7], "i"),
      b: graph.constant("bool", [2], [true, false], "b"),
      s: graph.constant("string", [2], ["", "größer"], "s"),
    };
    expect(Object.keys(stored)).toHaveLength(7);
    graph.output(x, "y");
    const read = readOnnxInitializers(graph.toBytes());
    expect(Object.fromEntries(read)).toEqual({
      f: { type: "float32", shape: [2], data: Float32Array.of(1.5, -2) },
      d: { type: "float64", shape: [1, 1], data: Float64Array.of(Math.PI) },
      h: { type: "float16", shape: [1], data: Uint16Array.of(0x3c00) },
      l: { type: "int64", shape: [2], data: BigInt64Array.of(-1n, 2n ** 40n) },
      i: { type: "int32", shape: [], data: Int32Array.of(-7) },
      b: { type: "bool", shape: [2], data: Uint8Array.of(1, 0) },
      s: { type: "string", shape: [2], data: ["", "größer"] },
    });
  });

  it("reads the typed fields that other programs fill instead of raw bytes", () => {
    const w = (tensor: onnx.TensorProto.$Properties) =>
      readOnnxInitializers(modelWith(tensor)).get("w")!.data;
    expect(w({ dataType: 1, dims: [2], floatData: [1, 2] })).toEqual(Float32Array.of(1, 2));
    expect(w({ dataType: 7, dims: [1], int64Data: [-3] })).toEqual(BigInt64Array.of(-3n));
    expect(w({ dataType: 6, dims: [1], int32Data: [-3] })).toEqual(Int32Array.of(-3));
    expect(w({ dataType: 11, dims: [1], doubleData: [0.1] })).toEqual(Float64Array.of(0.1));
  });

  it("names what it cannot read", () => {
    const read = (tensor: onnx.TensorProto.$Properties) => () => readOnnxInitializers(modelWith(tensor));
    expect(read({ dataType: 14, dims: [1] })).toThrow(
      new FormatError("ONNX model: initializer w has the ONNX element type 14, which is not supported"),
    );
    expect(read({ dataType: 1, dims: [3], floatData: [1] })).toThrow(
      new FormatError("ONNX model: initializer w of shape [3] holds 1 values"),
    );
    expect(read({ dataType: 1, dims: [1], rawData: new Uint8Array(3) })).toThrow(
      "ONNX model: initializer w of type float32 and shape [1] must hold 4 bytes, got 3",
    );
    expect(read({ dataType: 1, dims: [1], dataLocation: 1 })).toThrow(
      "ONNX model: initializer w keeps its values in another file, which is not supported",
    );
    expect(() => readOnnxInitializers(Uint8Array.of(255, 255))).toThrow(FormatError);
  });
});

describe("readOnnxHeader", () => {
  it("reads versions and metadata without the graph", () => {
    const graph = new GraphBuilder({ name: "g", opset: 20 });
    graph.output(graph.input("x", "float32", [1]), "y");
    graph.metadata("config", "{}");
    expect(readOnnxHeader(graph.toBytes())).toEqual({
      irVersion: 9,
      producer: "@wayweave/nn",
      producerVersion: "",
      opsets: { "": 20 },
      metadata: { config: "{}" },
    });
  });

  it("gives a FormatError for any other bytes, and for any cut", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        expect(() => readOnnxHeader(bytes)).toThrow(FormatError);
        expect(() => readOnnxInitializers(bytes)).toThrow(FormatError);
      }),
    );
    const bytes = linearModel();
    for (let length = 0; length < bytes.length; length++) {
      // A cut between two fields leaves a message that is whole, but has no operator set or no metadata.
      const header = (() => {
        try {
          return readOnnxHeader(bytes.subarray(0, length));
        } catch (error) {
          return error;
        }
      })();
      if (header instanceof Error) expect(header).toBeInstanceOf(FormatError);
      else expect((header as { opsets: unknown }).opsets).toEqual({ "": 18 });
    }
  });
});

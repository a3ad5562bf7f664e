import { ShapeError } from "@wayweave/geo-core";
import { describe, expect, it } from "vitest";
import { OnnxModel } from "../src/inference/onnx-model.js";
import { GraphBuilder } from "../src/onnx/graph-builder.js";
import { GraphOps } from "../src/onnx/graph-ops.js";

describe("GraphOps", () => {
  it("writes preprocessing by hand: Mercator, grid cell, vocabulary", async () => {
    const graph = new GraphBuilder({ name: "cells" });
    const ops = new GraphOps(graph);
    const points = graph.input("points", "float64", ["batch", "time", 2]);
    const lengths = graph.input("lengths", "int32", ["batch"]);
    const radius = 6371008.8;
    const radians = ops.mul(points, Math.PI / 180);
    const x = ops.mul(ops.pick(radians, 2, 0), radius);
    // ln tan(π/4 + φ/2) = ½ ln((1 + sin φ)/(1 − sin φ)): ONNX Runtime has no Tan for float64.
    const sine = ops.sin(ops.pick(radians, 2, 1));
    const y = ops.mul(ops.log(ops.div(ops.add(sine, 1), ops.sub(1, sine))), radius / 2);
    const column = ops.floor(ops.div(x, 100_000));
    const row = ops.floor(ops.div(y, 100_000));
    const cell = ops.cast(ops.add(ops.mul(row, 4), column), "int32");
    const isKnown = ops.and(ops.greaterOrEqual(cell, 0), ops.less(cell, 8));
    const vocabulary = ops.constant("int32", [8], [10, 11, 12, 13, 14, 15, 16, 17]);
    const token = ops.where(isKnown, ops.gather(vocabulary, ops.where(isKnown, cell, 0)), 1);
    const inside = ops.less(ops.positions(points, 1), ops.unsqueeze(ops.cast(lengths, "int64"), 1));
    graph.output(ops.where(inside, token, 0), "tokens");
    const model = await OnnxModel.load(graph.toBytes());
    expect(model.outputs).toEqual([{ name: "tokens", type: "int32", shape: ["batch", "time"] }]);
    // 1° is 111 km: lon 1° is column 1, lon 2° column 2, lat 1° row 1; lat 80° is far outside.
    const data = [0.1, 0.1, 1, 0.1, 2, 1, 0, 80, /* padding */ 0, 0, 1, 1, 0, 0, 0, 0];
    const { tokens } = await model.run({
      points: { data, shape: [2, 4, 2] },
      lengths: { data: [4, 1], shape: [2] },
    });
    expect([...(tokens!.data as Int32Array)]).toEqual([10, 11, 16, 1, 10, 0, 0, 0]);
    await model.dispose();
  });

  it("refuses shapes that do not fit together", () => {
    const graph = new GraphBuilder({ name: "g" });
    const ops = new GraphOps(graph);
    const a = graph.input("a", "float32", ["batch", 2]);
    const b = graph.input("b", "float32", [3]);
    expect(() => ops.add(a, b)).toThrow(
      new ShapeError("GraphOps: shapes [batch, 2] and [3] do not fit together"),
    );
    expect(() => ops.squeeze(a, 1)).toThrow(
      new ShapeError("GraphOps.squeeze: axis 1 must have size 1, got [batch, 2]"),
    );
  });
});

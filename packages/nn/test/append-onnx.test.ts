import { FormatError, ValueError } from "@wayweave/geo-core";
import { describe, expect, it } from "vitest";
import { appendOnnx, GraphBuilder, GraphOps, OnnxModel } from "../src/index.js";

/** y = factor · x, with a second output z = y + 1. */
function scaling(
  factor: number,
  names = { input: "x", output: "y", other: "z" },
  opset?: number,
): Uint8Array {
  const graph = new GraphBuilder({ name: `times ${factor}`, ...(opset === undefined ? {} : { opset }) });
  const ops = new GraphOps(graph);
  const x = graph.input(names.input, "float32", ["n"]);
  // A named weight, so that both models have one of the same name.
  const y = ops.mul(x, graph.constant("float32", [1], [factor], "factor"));
  graph.output(y, names.output);
  graph.output(ops.add(y, 1), names.other);
  return graph.toBytes();
}

describe("appendOnnx", () => {
  it("feeds one model's output to the other, and keeps the outputs of both", async () => {
    const joined = appendOnnx(scaling(3), scaling(10, { input: "x", output: "u", other: "v" }), { x: "z" });
    const model = await OnnxModel.load(joined);
    expect(model.inputs.map(({ name }) => name)).toEqual(["x"]);
    const { y, z, u, v } = await model.run({ x: { data: Float32Array.of(1, 2), shape: [2] } });
    await model.dispose();
    expect([y, z, u, v].map((tensor) => [...(tensor!.data as Float32Array)])).toEqual([
      [3, 6],
      [4, 7],
      [40, 70], // 10 · (3x + 1)
      [41, 71],
    ]);
  });

  it("can be done again to its own result", async () => {
    const twice = appendOnnx(scaling(2), scaling(3, { input: "a", output: "b", other: "c" }), { a: "y" });
    const thrice = appendOnnx(twice, scaling(5, { input: "a", output: "d", other: "e" }), { a: "b" });
    const model = await OnnxModel.load(thrice);
    const { d } = await model.run({ x: { data: Float32Array.of(1), shape: [1] } });
    await model.dispose();
    expect([...(d!.data as Float32Array)]).toEqual([30]);
  });

  it("renames inside the bodies of control flow", async () => {
    const graph = new GraphBuilder({ name: "if" });
    const ops = new GraphOps(graph);
    const x = graph.input("x", "float32", [1]);
    const body = (name: string, factor: number) => {
      const inner = graph.subgraph(name);
      const result = new GraphOps(inner).mul(x, factor);
      inner.output(result, `${name} result`);
      return { graph: inner };
    };
    // A condition of one entry serves as a scalar.
    const positive = ops.greaterOrEqual(x, 0);
    const chosen = graph.node1(
      "If",
      [positive],
      { type: "float32", shape: [1] },
      { then_branch: body("then", 2), else_branch: body("else", -1) },
    );
    graph.output(chosen, "chosen");
    const model = await OnnxModel.load(appendOnnx(scaling(10), graph.toBytes(), { x: "y" }));
    const run = async (value: number) => {
      const { chosen: result } = await model.run({ x: { data: Float32Array.of(value), shape: [1] } });
      return (result!.data as Float32Array)[0];
    };
    expect([await run(1), await run(-1)]).toEqual([20, 10]);
    await model.dispose();
  });

  it("says what does not fit", () => {
    const [first, second] = [scaling(1), scaling(2, { input: "a", output: "b", other: "c" })];
    expect(() => appendOnnx(first, second, { a: "fc7" })).toThrow(
      new ValueError("appendOnnx: the first model's outputs are y, z, got fc7"),
    );
    expect(() => appendOnnx(first, second, { x: "y" })).toThrow(
      new ValueError("appendOnnx: the second model's inputs are a, got x"),
    );
    expect(() => appendOnnx(first, second, {})).toThrow(
      new ValueError("appendOnnx: connections must feed a, got none"),
    );
    expect(() => appendOnnx(first, scaling(2), { x: "y" })).toThrow(
      new ValueError("appendOnnx: the models' outputs must have different names, got y in both"),
    );
    expect(() =>
      appendOnnx(scaling(1, undefined, 18), scaling(2, { input: "a", output: "b", other: "c" }, 20), {
        a: "y",
      }),
    ).toThrow(
      new ValueError('appendOnnx: both models must use one version of operator set "", got 18 and 20'),
    );
    expect(() => appendOnnx(Uint8Array.of(1, 2, 3), second, {})).toThrow(FormatError);
  });
});

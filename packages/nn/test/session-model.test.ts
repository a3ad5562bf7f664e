import vm from "node:vm";
import { FormatError, ShapeError, StateError, ValueError } from "@wayweave/geo-core";
import * as ortNode from "onnxruntime-node";
import * as ortWeb from "onnxruntime-web";
import { describe, expect, it } from "vitest";
import { type OnnxRuntime, predictInBatches, SessionModel } from "../src/inference/index.js";
import { OnnxModel } from "../src/inference/onnx-model.js";
import { echoModel, linearModel, maskedSumModel } from "./support/models.js";

// One thread: the others of onnxruntime-web are web workers, which Node has not.
ortWeb.env.wasm.numThreads = 1;

const RUNTIMES: readonly [name: string, runtime: OnnxRuntime, provider: string][] = [
  ["onnxruntime-web", ortWeb, "wasm"],
  ["onnxruntime-node", ortNode, "cpu"],
];

describe.each(RUNTIMES)("SessionModel on %s", (_, runtime, provider) => {
  const options = { executionProviders: [provider] };

  it("states what the model takes and gives, as OnnxModel does", async () => {
    const model = await SessionModel.load(linearModel(), runtime, options);
    const node = await OnnxModel.load(linearModel());
    const described = ({ inputs, outputs, metadata, header }: SessionModel | OnnxModel) => ({
      inputs,
      outputs,
      metadata,
      header,
    });
    expect(described(model)).toEqual(described(node));
    await Promise.all([model.dispose(), node.dispose()]);
  });

  it("multiplies, whole or in batches: [1 2 3]·W = [22, 28]", async () => {
    const model = await SessionModel.load(linearModel(), runtime, options);
    const x = { data: Float32Array.of(1, 2, 3, 0, 0, 0, 1, 1, 1), shape: [3, 3] };
    const whole = await model.run({ x });
    expect(whole.y).toEqual({ type: "float32", shape: [3, 2], data: Float32Array.of(22, 28, 0, 0, 9, 12) });
    expect(await model.run({ x }, { batchSize: 2 })).toEqual(whole);
    const starts: number[] = [];
    for await (const { start } of predictInBatches(model, { x }, { batchSize: 1 })) starts.push(start);
    expect(starts).toEqual([0, 1, 2]);
    // Runs at once wait for each other: onnxruntime-web would refuse the second.
    expect(await Promise.all([model.run({ x }), model.run({ x })])).toEqual([whole, whole]);
    await model.dispose();
    await expect(model.run({ x })).rejects.toThrow(
      new StateError("SessionModel.run: the model was disposed"),
    );
  });

  it("carries int64 and strings", async () => {
    const masked = await SessionModel.load(maskedSumModel(), runtime, options);
    const x = { data: [1, 2, 3, 4, 5, 6], shape: [2, 3] };
    const { sum } = await masked.run({ x, lengths: { data: [1, 2], shape: [2] } }, { outputs: ["sum"] });
    expect(sum!.data).toEqual(Float32Array.of(1, 9));
    await masked.dispose();
    const echo = await SessionModel.load(echoModel(), runtime, options);
    expect((await echo.run({ text: { data: ["a", "ß"], shape: [2] } })).echo!.data).toEqual(["a", "ß"]);
    await echo.dispose();
  });

  it("takes arrays of another realm", async () => {
    const model = await SessionModel.load(linearModel(), runtime, options);
    const data = vm.runInNewContext("Float32Array.of(9, 1, 2, 3).subarray(1)") as Float32Array;
    expect(data instanceof Float32Array).toBe(false);
    expect((await model.run({ x: { data, shape: [1, 3] } })).y!.data).toEqual(Float32Array.of(22, 28));
    await model.dispose();
  });

  it("refuses what does not fit, before it runs", async () => {
    const model = await SessionModel.load(linearModel(), runtime, options);
    await expect(model.run({ x: { data: [1], shape: [1, 1] } })).rejects.toThrow(
      new ShapeError("SessionModel.run: input x must have shape [batch, 3], got [1, 1]"),
    );
    await expect(
      model.run({ x: { data: [1, 2, null as unknown as number], shape: [1, 3] } }),
    ).rejects.toThrow(new ValueError("SessionModel.run: input x: values[2] must be a number, got null"));
    const x = { data: [1, 2, 3], shape: [1, 3] };
    await expect(model.run({ x }, { batchsize: 2 } as object)).rejects.toThrow(
      new ValueError('SessionModel.run: unknown option "batchsize"; did you mean "batchSize"?'),
    );
    await model.dispose();
  });

  it("says of bytes that are no model what is wrong with them", async () => {
    await expect(SessionModel.load(new Uint8Array(50), runtime, options)).rejects.toThrow(FormatError);
    const { length } = linearModel();
    const bytes = linearModel();
    bytes.fill(7, 30, length - 40); // a header that can be read, a graph that cannot
    await expect(SessionModel.load(bytes, runtime, options)).rejects.toThrow(FormatError);
  });
});

describe("SessionModel.load", () => {
  it("wants bytes and a runtime", async () => {
    await expect(SessionModel.load("x.onnx" as never, ortNode)).rejects.toThrow(
      new ValueError("SessionModel.load: bytes must be a Uint8Array, got string"),
    );
    await expect(SessionModel.load(linearModel(), {} as never)).rejects.toThrow(
      "SessionModel.load: runtime must have InferenceSession.create and Tensor",
    );
  });
});

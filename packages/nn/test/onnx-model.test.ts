import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { FormatError, ShapeError, StateError, ValueError } from "@wayweave/geo-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { OnnxModel } from "../src/inference/onnx-model.js";
import { OnnxModelPool } from "../src/inference/onnx-model-pool.js";
import { predictInBatches } from "../src/inference/predict-in-batches.js";
import { describeProviders } from "../src/inference/providers.js";
import { echoModel, linearModel, maskedSumModel } from "./support/models.js";

let model: OnnxModel;
let masked: OnnxModel;

beforeAll(async () => {
  model = await OnnxModel.load(linearModel(), { threads: 1 });
  masked = await OnnxModel.load(maskedSumModel());
});

afterAll(async () => {
  await model.dispose();
  await masked.dispose();
});

describe("OnnxModel.load", () => {
  it("states names, types, shapes, metadata and the provider", () => {
    expect(model.inputs).toEqual([{ name: "x", type: "float32", shape: ["batch", 3] }]);
    expect(model.outputs).toEqual([{ name: "y", type: "float32", shape: ["batch", 2] }]);
    expect(model.metadata).toEqual({ seed: "7" });
    expect(model.header.opsets).toEqual({ "": 18 });
    expect(model.provider).toBe("cpu");
  });

  it("reads a path and a file URL", async () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), "nn-")), "linear.onnx");
    writeFileSync(file, linearModel());
    for (const source of [file, pathToFileURL(file)]) {
      const loaded = await OnnxModel.load(source);
      expect(loaded.metadata).toEqual({ seed: "7" });
      await loaded.dispose();
    }
  });

  it("refuses bytes that are no model, or that are cut short", async () => {
    await expect(OnnxModel.load(new Uint8Array(50))).rejects.toThrow(FormatError);
    const bytes = linearModel();
    await expect(OnnxModel.load(bytes.subarray(0, bytes.length - 3))).rejects.toThrow(FormatError);
    await expect(OnnxModel.load(new Uint8Array(0))).rejects.toThrow(
      "ONNX model: not an ONNX model: it names no operator set",
    );
  });

  it.each([
    [null, "[object Null]"],
    [undefined, "[object Undefined]"],
    ["", '""'],
    [5, "[object Number]"],
    [{}, "[object Object]"],
    [new ArrayBuffer(8), "[object ArrayBuffer]"],
    [{ href: "https://example.org/a.onnx" }, '"https://example.org/a.onnx"'],
  ])("refuses %j, which is no model's place", async (source, got) => {
    for (const [where, load] of [
      ["OnnxModel.load", OnnxModel.load],
      ["OnnxModelPool.load", OnnxModelPool.load],
    ] as const) {
      await expect(load(source as never)).rejects.toThrow(
        new ValueError(
          `${where}: source must be the path or file: URL of an .onnx file, or its bytes as a Uint8Array, got ${got}`,
        ),
      );
    }
  });

  it("refuses unknown providers and bad thread counts", async () => {
    await expect(OnnxModel.load(linearModel(), { providers: ["gpu" as "cpu"] })).rejects.toThrow(
      new ValueError(
        'OnnxModel.load: providers must be among cpu, cuda, webgpu, tensorrt, dml, coreml, got "gpu"',
      ),
    );
    await expect(OnnxModel.load(linearModel(), { threads: 0 })).rejects.toThrow(
      new ValueError("OnnxModel.load: threads must be a positive integer, got 0"),
    );
    await expect(OnnxModel.load(linearModel(), { providers: [] })).rejects.toThrow(
      new ValueError("OnnxModel.load: providers must name at least one provider"),
    );
  });

  it("falls back along the list only, and says so in one line", async () => {
    // CoreML exists on macOS only, DirectML on Windows only: one of them is absent everywhere.
    const absent = process.platform === "win32" ? "coreml" : "dml";
    const messages: string[] = [];
    const loaded = await OnnxModel.load(linearModel(), {
      providers: [absent, "cpu"],
      onMessage: (message) => messages.push(message),
    });
    expect(loaded.provider).toBe("cpu");
    expect(messages).toEqual([
      `OnnxModel.load: ${absent} is not available: onnxruntime-node has no such provider for ${process.platform}-${process.arch}; trying cpu`,
    ]);
    await loaded.dispose();
    await expect(OnnxModel.load(linearModel(), { providers: [absent] })).rejects.toThrow(StateError);
  });
});

describe("OnnxModel.run", () => {
  it("multiplies: [1 2 3]·W = [1+6+15, 2+8+18] = [22, 28]", async () => {
    const { y } = await model.run({ x: { data: [1, 2, 3], shape: [1, 3] } });
    expect(y).toEqual({ type: "float32", shape: [1, 2], data: Float32Array.of(22, 28) });
  });

  it("gives the same joined outputs for every batch size", async () => {
    const x = { data: Float32Array.from({ length: 21 }, (_, i) => i), shape: [7, 3] };
    const whole = await model.run({ x });
    for (const batchSize of [1, 2, 3, 7, 100]) {
      const progress: number[] = [];
      const parts = await model.run({ x }, { batchSize, onProgress: ({ done }) => progress.push(done) });
      expect(parts).toEqual(whole);
      expect(progress.at(-1)).toBe(7);
      expect(progress.length).toBe(Math.ceil(7 / batchSize));
    }
  });

  it("cuts every input that shares the batch axis, and joins only what has it", async () => {
    const inputs = {
      x: { data: [1, 2, 3, 4, 5, 6, 7, 8, 9], shape: [3, 3] },
      lengths: { data: [1, 2, 3], shape: [3] },
    };
    const { sum } = await masked.run(inputs, { batchSize: 2, outputs: ["sum"] });
    expect(sum!.data).toEqual(Float32Array.of(1, 4 + 5, 7 + 8 + 9));
    await expect(masked.run(inputs, { batchSize: 2 })).rejects.toThrow(
      "OnnxModel.run: output total has no batch axis (shape []), so its batches cannot be joined",
    );
  });

  it("carries strings through, batched or not", async () => {
    const echo = await OnnxModel.load(echoModel());
    const text = { data: ["a", "", "größer"], shape: [3] };
    expect((await echo.run({ text }, { batchSize: 2 })).echo!.data).toEqual(["a", "", "größer"]);
    await echo.dispose();
  });

  it("refuses inputs before anything runs", async () => {
    const x = { data: [1, 2, 3], shape: [1, 3] };
    await expect(model.run({})).rejects.toThrow(
      new ValueError("OnnxModel.run: input x is missing; the model takes x: float32 [batch, 3]"),
    );
    await expect(model.run({ x, z: x })).rejects.toThrow(
      new ValueError("OnnxModel.run: input z is unknown; the model takes x: float32 [batch, 3]"),
    );
    await expect(model.run({ x: { data: [1, 2], shape: [1, 2] } })).rejects.toThrow(
      new ShapeError("OnnxModel.run: input x must have shape [batch, 3], got [1, 2]"),
    );
    await expect(model.run({ x: { data: [1, 2], shape: [1, 3] } })).rejects.toThrow(
      new ShapeError("OnnxModel.run: input x: values of shape [1, 3] must have length 3, got 2"),
    );
    await expect(model.run({ x: { data: new Float64Array(3), shape: [1, 3] } })).rejects.toThrow(
      new ValueError(
        "OnnxModel.run: input x: values of type float32 must be a Float32Array or an array of numbers, got Float64Array",
      ),
    );
    await expect(model.run({ x }, { outputs: ["q"] })).rejects.toThrow(
      new ValueError("OnnxModel.run: output q is unknown; the model gives y: float32 [batch, 2]"),
    );
    await expect(model.run({ x }, { batchSize: 0 })).rejects.toThrow(
      new ValueError("OnnxModel.run: batchSize must be a positive integer, got 0"),
    );
  });

  it("refuses inputs that disagree about a named axis", async () => {
    const inputs = { x: { data: [1, 2], shape: [2, 1] }, lengths: { data: [1], shape: [1] } };
    await expect(masked.run(inputs)).rejects.toThrow(
      new ShapeError(
        "OnnxModel.run: input lengths must have shape [batch] with batch = 2 as in input x, got [1]",
      ),
    );
  });

  it("stops between batches when cancelled", async () => {
    const controller = new AbortController();
    const x = { data: new Float32Array(12), shape: [4, 3] };
    const seen: number[] = [];
    const run = model.run(
      { x },
      {
        batchSize: 1,
        signal: controller.signal,
        onProgress: ({ done }) => {
          seen.push(done);
          if (done === 2) controller.abort(new Error("enough"));
        },
      },
    );
    await expect(run).rejects.toThrow("enough");
    expect(seen).toEqual([1, 2]);
  });

  it("ends the batch that runs when it is disposed, and refuses the next one", async () => {
    const x = { data: [1, 2, 3, 4, 5, 6], shape: [2, 3] };
    const [whole, cut] = await Promise.all([OnnxModel.load(linearModel()), OnnxModel.load(linearModel())]);
    const expected = await model.run({ x });
    const running = whole.run({ x });
    const inBatches = cut.run({ x }, { batchSize: 1 });
    await Promise.all([whole.dispose(), cut.dispose()]);
    expect(await running).toEqual(expected);
    await expect(inBatches).rejects.toThrow(new StateError("OnnxModel.run: the model was disposed"));
  });

  it("refuses to run after dispose, which may be called twice", async () => {
    const gone = await OnnxModel.load(linearModel());
    await gone.dispose();
    await gone.dispose();
    await expect(gone.run({ x: { data: [1, 2, 3], shape: [1, 3] } })).rejects.toThrow(
      new StateError("OnnxModel.run: the model was disposed"),
    );
  });
});

describe("predictInBatches", () => {
  it("yields the batches in order", async () => {
    const x = { data: Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1), shape: [3, 3] };
    const rows: unknown[] = [];
    for await (const { start, count, outputs } of predictInBatches(model, { x }, { batchSize: 2 })) {
      rows.push([start, count, [...(outputs.y!.data as Float32Array)]]);
    }
    expect(rows).toEqual([
      [0, 2, [1, 2, 3, 4]],
      [2, 1, [5, 6]],
    ]);
  });
});

describe("describeProviders", () => {
  it("finds that the CPU works and gives one line for each provider", async () => {
    const reports = await describeProviders();
    expect(reports.find(({ name }) => name === "cpu")).toEqual({
      name: "cpu",
      available: true,
      detail: "ran a small graph",
    });
    for (const { detail } of reports) expect(detail).not.toContain("\n");
  });
});

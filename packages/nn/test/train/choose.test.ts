import { ValueError } from "@wayweave/geo-core";
import { describe, expect, it } from "vitest";
import { OnnxModel } from "../../src/inference/onnx-model.js";
import { chooseEngine, type Machine } from "../../src/train/engines/choose.js";
import { measureStep } from "../../src/train/engines/measure-step.js";
import { linearModel } from "../support/models.js";

/** A machine on which only the named engines work, with milliseconds of a step where it may be asked. */
const machine = (working: Readonly<Record<string, number | undefined>>): Machine => ({
  reasonAgainst: async (engine) => (engine in working ? undefined : `${engine} is not here`),
  stepMs: async ({ engine }) => {
    const ms = working[engine];
    if (ms === undefined) throw new Error(`${engine} must not be measured`);
    return ms;
  },
});

async function chosen(wanted: Parameters<typeof chooseEngine>[1], working: Parameters<typeof machine>[0]) {
  const messages: string[] = [];
  const { engine } = await chooseEngine("train", wanted, (m) => messages.push(m), 1, machine(working));
  return { engine, messages };
}

describe("chooseEngine", () => {
  it("auto takes a GPU before tfjs-node on the CPU, measuring nothing", async () => {
    const cpu = { "ort-cpu": undefined, "tfjs-node": undefined };
    expect(await chosen("auto", { ...cpu, "ort-cuda": undefined })).toEqual({
      engine: "ort-cuda",
      messages: [],
    });
    const both = { ...cpu, "ort-cuda": undefined, "tfjs-node-gpu": undefined };
    expect((await chosen("auto", both)).engine).toBe("tfjs-node-gpu");
  });

  it("auto takes the faster of tfjs-node and ort-cpu, and measures only where there are both", async () => {
    expect((await chosen("auto", { "ort-cpu": 5, "tfjs-node": 8 })).engine).toBe("ort-cpu");
    expect((await chosen("auto", { "ort-cpu": 8, "tfjs-node": 5 })).engine).toBe("tfjs-node");
    expect((await chosen("auto", { "ort-cpu": undefined })).engine).toBe("ort-cpu");
  });

  it("says what it passes over when an engine was asked for", async () => {
    expect(await chosen("tfjs-node-gpu", { "ort-cpu": undefined })).toEqual({
      engine: "ort-cpu",
      messages: [
        "train: tfjs-node-gpu is not here; using ort-cuda",
        "train: ort-cuda is not here; using tfjs-node",
        "train: tfjs-node is not here; using ort-cpu",
      ],
    });
    await expect(chosen("gpu" as "auto", {})).rejects.toThrow(ValueError);
  });
});

describe("measureStep", () => {
  it("runs the model on a compiled engine and on an eager one", async () => {
    const compiled = { engine: "ort-cpu", kind: "compiled", provider: "cpu" } as const;
    expect(await measureStep(compiled, 1)).toBeGreaterThan(0);
  });
});

describe("the engine of an exported model", () => {
  it("is a provider of ONNX Runtime, the CPU where there is none", async () => {
    for (const engine of ["auto", "ort-cpu", "tfjs-node", "tfjs-cpu"] as const) {
      const model = await OnnxModel.load(linearModel(), { engine });
      expect(["cpu", "cuda"]).toContain(model.provider);
      await model.dispose();
    }
  });

  it("falls back with a message, and is not given beside providers", async () => {
    const messages: string[] = [];
    const onMessage = (message: string) => messages.push(message);
    const model = await OnnxModel.load(linearModel(), { engine: "ort-cuda", onMessage });
    if (model.provider === "cpu")
      expect(messages).toEqual([expect.stringMatching(/^OnnxModel.load: cuda .*; trying cpu$/)]);
    else expect(messages).toEqual([]);
    await model.dispose();
    await expect(OnnxModel.load(linearModel(), { engine: "ort-cpu", providers: ["cpu"] })).rejects.toThrow(
      new ValueError("OnnxModel.load: engine and providers exclude each other"),
    );
    await expect(OnnxModel.load(linearModel(), { engine: "cuda" as "auto" })).rejects.toThrow(
      "OnnxModel.load: engine must be one of auto, ort-cpu",
    );
  });
});

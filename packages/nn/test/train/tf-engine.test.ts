import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { loadNativeTfjs } from "../../src/train/engines/native-tfjs.js";

const SRC = fileURLToPath(new URL("../../src", import.meta.url));

describe("tfjs's engine", () => {
  it("is touched in one file", () => {
    const files = readdirSync(SRC, { recursive: true, encoding: "utf8" }).filter((name) =>
      name.endsWith(".ts"),
    );
    const touching = files.filter((name) => {
      const code = readFileSync(path.join(SRC, name), "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
      return /\.engine\(\)|setBackend|findBackend|\bENGINE\b/.test(code);
    });
    expect(touching.map((name) => name.replaceAll(path.sep, "/"))).toEqual(["train/engines/tf-engine.ts"]);
  });
});

describe("loadNativeTfjs", () => {
  const loads = () => Promise.resolve({});

  it("counts tfjs-node-gpu only where TensorFlow says that it uses a GPU", async () => {
    const onGpu = () => ({ isUsingGpuDevice: true });
    const onCpu = () => ({ isUsingGpuDevice: false });
    expect(await loadNativeTfjs("tfjs-node-gpu", loads, onGpu)).toBeUndefined();
    expect(await loadNativeTfjs("tfjs-node-gpu", loads, onCpu)).toBe(
      "@tensorflow/tfjs-node-gpu is installed, but TensorFlow uses no GPU here",
    );
    expect(await loadNativeTfjs("tfjs-node", loads, onCpu)).toBeUndefined();
  });

  it("says in one line why a package does not load, or registers nothing", async () => {
    const fails = () => Promise.reject(new Error("no such file\n    at somewhere"));
    expect(await loadNativeTfjs("tfjs-node", fails)).toBe(
      "@tensorflow/tfjs-node does not load: no such file",
    );
    expect(await loadNativeTfjs("tfjs-node", loads, () => null)).toBe(
      "@tensorflow/tfjs-node registered no backend",
    );
  });
});

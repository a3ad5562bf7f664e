import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cudaPlan, probeCode, reasonIn, summarise, tfjsPlan } from "../lib/gpu.mjs";

describe("cudaPlan", () => {
  const here = { folder: "/ort", platform: "linux", arch: "x64", exists: () => false };

  it("runs onnxruntime's own install script where the provider is missing", () => {
    expect(cudaPlan(here)).toMatchObject({
      args: ["script/install", "--onnxruntime-node-install=cuda12"],
      cwd: "/ort",
    });
  });

  it("does nothing where there is nothing to fetch", () => {
    expect(cudaPlan({ ...here, exists: () => true })).toEqual({ skip: "already there" });
    expect(cudaPlan({ ...here, platform: "darwin" }).skip).toContain("darwin-x64");
    expect(cudaPlan({ ...here, folder: undefined }).skip).toContain("not installed");
  });
});

describe("tfjsPlan", () => {
  const here = { folder: "/gpu", root: "/root", fromWheel: false, works: false };

  it("runs the package's install script, or builds from a wheel when asked", () => {
    expect(tfjsPlan(here)).toMatchObject({ args: ["scripts/install.js", "gpu", "download"], cwd: "/gpu" });
    expect(tfjsPlan({ ...here, fromWheel: true })).toMatchObject({ cwd: "/root" });
    expect(tfjsPlan({ ...here, works: true })).toEqual({ skip: "already works" });
    expect(tfjsPlan({ ...here, folder: undefined }).skip).toContain("--from-wheel");
  });
});

describe("probeCode", () => {
  it("takes tfjs-node-gpu for a GPU engine only where TensorFlow uses a GPU", () => {
    const folder = mkdtempSync(join(tmpdir(), "tfjs-"));
    const run = (engine, isUsingGpuDevice) => {
      writeFileSync(
        join(folder, "index.js"),
        `exports.matMul = () => ({ dataSync: () => [11] }); exports.backend = () => (${JSON.stringify({ isUsingGpuDevice })});`,
      );
      return spawnSync(process.execPath, ["-e", probeCode(engine, folder)], {
        encoding: "utf8",
      }).stdout.trim();
    };
    expect(run("tfjs-node-gpu", true)).toBe("works");
    expect(run("tfjs-node-gpu", false)).toBe("is installed, but TensorFlow uses no GPU here");
    expect(run("tfjs-node", false)).toBe("works");
    rmSync(folder, { recursive: true });
  });
});

describe("summarise", () => {
  const probe = (engine, works) => ({ engine, works, detail: "no adapter" });

  it("ends with 1 when only the CPU works", () => {
    const { lines, exitCode } = summarise([probe("ort-cpu", true), probe("ort-webgpu", false)]);
    expect(exitCode).toBe(1);
    expect(lines).toEqual([
      "ort-cpu     works",
      "ort-webgpu  no: no adapter",
      "no GPU engine works on this machine",
    ]);
  });

  it("ends with 0 when a GPU engine works", () => {
    expect(summarise([probe("ort-cuda", true)]).exitCode).toBe(0);
    expect(summarise([probe("tfjs-node", true)]).exitCode).toBe(1);
  });
});

describe("reasonIn", () => {
  it("finds the line that names the error", () => {
    const stack =
      "node:internal/x:1\n  throw e;\nError: getaddrinfo ENOTFOUND api.nuget.org\n    at f (a.js)\n\nNode.js v20.20.2\n";
    expect(reasonIn(stack)).toBe("Error: getaddrinfo ENOTFOUND api.nuget.org");
    expect(reasonIn("a.cc:136 x was false. Failed to get a WebGPU adapter: No GPU adapter")).toContain(
      "no GPU adapter was found",
    );
    expect(reasonIn("  last words \n")).toBe("last words");
    expect(reasonIn("")).toBeUndefined();
  });
});

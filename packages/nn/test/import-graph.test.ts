import { readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { describe, expect, it } from "vitest";

/** The code of a built file, without its comments. */
function codeOf(entry: string): string {
  const text = readFileSync(new URL(`../dist/${entry}`, import.meta.url), "utf8");
  return text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
}

/** Everything that a built entry imports, through its own chunks. */
function importsOf(entry: string, seen = new Set<string>()): Set<string> {
  const packages = new Set<string>();
  if (seen.has(entry)) return packages;
  seen.add(entry);
  const text = codeOf(entry);
  for (const [, specifier] of text.matchAll(
    /(?:\bfrom|\bimport|\bcreateRequire\(import\.meta\.url\))\s*\(?\s*["']([^"']+)["']/g,
  )) {
    if (specifier!.startsWith(".")) {
      for (const name of importsOf(specifier!.replace("./", ""), seen)) packages.add(name);
    } else packages.add(specifier!);
  }
  return packages;
}

describe("the built entries", () => {
  it("inference imports no tfjs, directly or through chunks", () => {
    const allowed = [
      "@wayweave/geo-core",
      "@wayweave/geo-core/atomic-file",
      "onnxruntime-node",
      "protobufjs/minimal.js",
    ];
    for (const entry of ["index.js", "onnx-worker.js"]) {
      const packages = [...importsOf(entry)].filter((name) => !isBuiltin(name));
      expect(packages).toContain("onnxruntime-node");
      expect(packages.filter((name) => !allowed.includes(name))).toEqual([]);
    }
  });

  it("inference on a runtime that the application brings reaches no module of Node and no runtime", () => {
    const seen = new Set<string>();
    expect([...importsOf("inference.js", seen)].sort()).toEqual([
      "@wayweave/geo-core",
      "protobufjs/minimal.js",
    ]);
    for (const file of seen)
      expect(codeOf(file).match(/\b(Buffer|process|require)\s*[.([]/), file).toBeNull();
  });

  it("training imports tfjs: the test sees what it looks for", () => {
    expect(importsOf("train.js")).toContain("@tensorflow/tfjs");
  });
});

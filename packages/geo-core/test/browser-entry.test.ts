import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

/** Every source file that a module reaches by relative imports, with its text, and the packages it names. */
function reach(entry: URL): { files: Map<string, string>; packages: Set<string> } {
  const files = new Map<string, string>();
  const packages = new Set<string>();
  const pending = [entry];
  for (let url = pending.pop(); url !== undefined; url = pending.pop()) {
    if (files.has(url.pathname)) continue;
    const text = readFileSync(url, "utf8");
    files.set(url.pathname, text);
    for (const [, name] of text.matchAll(/(?:\bfrom |\bimport\(|^import )"([^"\n]+)"/gm)) {
      if (name!.startsWith(".")) pending.push(new URL(name!.replace(/\.js$/, ".ts"), url));
      else packages.add(name!);
    }
  }
  return { files, packages };
}

describe("the default entry", () => {
  const { files, packages } = reach(new URL("../src/index.ts", import.meta.url));

  it("reaches no module of Node, and only packages that run anywhere", () => {
    expect([...new Set([...packages].map((name) => name.split("/")[0]))].sort()).toEqual([
      "fflate",
      "fit-file-parser",
      "flatqueue",
      "hyparquet",
      "hyparquet-compressors",
      "lossless-json",
      "proj4",
      "pure-rand",
      "sax",
    ]);
    expect([...files.keys()].filter((file) => file.includes("/src/node/"))).toEqual([]);
  });

  it("uses no global of Node", () => {
    const code = (text: string) => text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
    for (const [file, text] of files) {
      expect(
        code(text).match(/\b(Buffer|process|require|__dirname|setImmediate)\b\s*[.([]/) ?? [],
        file,
      ).toEqual([]);
    }
  });
});

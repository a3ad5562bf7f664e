import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";

/** Every module that a source file imports, types left out, through the package's own files. */
function importsOf(file: string, seen = new Set<string>()): string[] {
  if (seen.has(file)) return [];
  seen.add(file);
  const text = readFileSync(file, "utf8").replace(/(import|export) type [^;]*;/g, "");
  const names = Array.from(text.matchAll(/(?:from|import\()\s*"([^"]+)"/g), ([, name]) => name!);
  return names.flatMap((name) =>
    name.startsWith(".")
      ? importsOf(path.join(path.dirname(file), name.replace(/\.js$/, ".ts")), seen)
      : [name],
  );
}

describe.each(["browser", "cluster"])("the entry /%s", (entry) => {
  it("imports no module of Node and no runtime", () => {
    const names = importsOf(path.join(import.meta.dirname, `../src/${entry}.ts`));
    expect(names).toContain("@wayweave/geo-core");
    expect(names.filter((name) => /^node:|onnxruntime|tfjs|^@wayweave\/nn|\/node$/.test(name))).toEqual([]);
  });
});

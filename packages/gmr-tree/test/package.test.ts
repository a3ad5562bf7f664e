import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, it } from "vitest";
import manifest from "../package.json" with { type: "json" };

it("has no dependencies, and GmrTree stays under 25 kB, minified and gzipped, without the workers", async () => {
  expect(manifest).not.toHaveProperty("dependencies");
  const index = new URL("../dist/index.js", import.meta.url).pathname;
  const { outputFiles } = await build({
    stdin: { contents: `export { GmrTree } from ${JSON.stringify(index)};`, resolveDir: "." },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    // Loaded when searchMany is first called.
    external: ["./search-many-*"],
    write: false,
  });
  const bytes = gzipSync(outputFiles[0]!.contents, { level: 9 }).length;
  expect(bytes).toBeGreaterThan(5_000);
  expect(bytes).toBeLessThan(25_000);
  expect(readFileSync(index, "utf8")).not.toMatch(/from "@wayweave/);
});

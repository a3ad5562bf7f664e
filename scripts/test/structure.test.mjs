import { describe, expect, it } from "vitest";
import { importCircles, structureProblems } from "../lib/structure.mjs";

const manifest = (name, more = {}) => ({
  name,
  license: "Apache-2.0",
  type: "module",
  engines: { node: ">=20.19" },
  sideEffects: false,
  publishConfig: { access: "public" },
  files: ["dist"],
  homepage: `https://example.org/tree/packages/${name.split("/")[1]}#readme`,
  repository: {
    type: "git",
    url: "git+https://example.org/x.git",
    directory: `packages/${name.split("/")[1]}`,
  },
  bugs: "https://example.org/issues",
  scripts: { build: "tsup", test: "vitest run", types: "tsc -p .", lint: "biome check ." },
  ...more,
});
const files = ["LICENSE", "README.md", "tsconfig.json", "tsup.config.ts", "vitest.config.ts"];
const entry = (name, { imports = [], text = "", more = {} } = {}) => ({
  folder: `packages/${name.split("/")[1]}`,
  manifest: manifest(name, more),
  files,
  sources: [{ file: "src/index.ts", imports, text }],
});
const core = entry("@wayweave/geo-core");

describe("structureProblems", () => {
  it("finds nothing where every rule holds", () => {
    const e2dtc = entry("@wayweave/e2dtc", {
      imports: ["@wayweave/geo-core/node", "node:fs", "./model.js"],
      more: { dependencies: { "@wayweave/geo-core": "workspace:^" } },
    });
    expect(structureProblems([core, e2dtc])).toEqual([]);
  });

  it("refuses one system package that imports another", () => {
    const cosmat = entry("@wayweave/cosmat", {
      imports: ["@wayweave/trajcross"],
      more: { dependencies: { "@wayweave/trajcross": "workspace:^" } },
    });
    expect(structureProblems([core, cosmat])).toEqual([
      "packages/cosmat/package.json: @wayweave/cosmat must not depend on @wayweave/trajcross",
      "src/index.ts: @wayweave/cosmat must not import @wayweave/trajcross",
    ]);
  });

  it("wants every package to publish the same files, and what is listed as a package's own", () => {
    const card = { files: ["dist", "MODEL_CARD.md", "examples"] };
    expect(structureProblems([core, entry("@wayweave/trajcross", { more: card })])).toEqual([]);
    expect(structureProblems([core, entry("@wayweave/eval", { more: card })])).toEqual([
      'packages/eval/package.json: files must be ["dist"], got ["dist","MODEL_CARD.md","examples"]',
    ]);
  });

  it("refuses links to another package's folder", () => {
    const wrong = { repository: { ...core.manifest.repository, directory: "packages/nn" } };
    expect(structureProblems([core, entry("@wayweave/eval", { more: wrong })])).toEqual([
      expect.stringContaining("packages/eval/package.json: repository must be"),
    ]);
  });

  it("wants a page built by Vite, and a package by tsup", () => {
    const page = {
      folder: "apps/explorer",
      manifest: manifest("@wayweave/explorer", { private: true }),
      files: ["README.md", "tsconfig.json", "vite.config.ts", "vitest.config.ts", "index.html"],
      sources: [],
    };
    expect(structureProblems([core, page])).toEqual([
      'apps/explorer/package.json: scripts.build must be "vite build", got "tsup"',
    ]);
    const built = {
      ...page,
      manifest: { ...page.manifest, scripts: { ...page.manifest.scripts, build: "vite build" } },
    };
    expect(structureProblems([core, built])).toEqual([]);
  });

  it("refuses machine learning in geo-core", () => {
    const learned = entry("@wayweave/geo-core", {
      imports: ["onnxruntime-node"],
      more: { dependencies: { "onnxruntime-node": "catalog:" } },
    });
    expect(structureProblems([learned])).toEqual([
      "packages/geo-core/package.json: no ML or native code here, found onnxruntime-node",
      "src/index.ts: no ML or native code here, found onnxruntime-node",
    ]);
  });

  it("refuses instanceof on built-ins, which fails between realms, and lets one's own classes be", () => {
    const problem = (name) => [
      `src/index.ts: instanceof ${name} fails between realms; look at what the value is or has`,
    ];
    for (const name of [
      "Error",
      "TypeError",
      "Uint8Array",
      "ArrayBuffer",
      "Map",
      "Date",
      "WebAssembly.Module",
    ]) {
      const text = `if (value instanceof ${name}) return;`;
      expect(structureProblems([core, entry("@wayweave/eval", { text })])).toEqual(problem(name));
    }
    for (const name of ["ValueError", "FormatError", "Matrix", "tf.Tensor", "MapView"]) {
      const text = `if (value instanceof ${name}) return;`;
      expect(structureProblems([core, entry("@wayweave/eval", { text })])).toEqual([]);
    }
  });

  it("refuses an import that package.json does not declare", () => {
    expect(structureProblems([core, entry("@wayweave/eval", { imports: ["zod"] })])).toEqual([
      "src/index.ts: imports zod, which package.json does not declare",
    ]);
  });

  it("refuses package.json files that drift apart", () => {
    const drifted = entry("@wayweave/eval", { more: { license: "MIT", dependencies: { zod: "^4.0.0" } } });
    expect(structureProblems([core, drifted])).toEqual([
      'packages/eval/package.json: license must be "Apache-2.0", got "MIT"',
      'packages/eval/package.json: dependencies.zod must be "catalog:", got "^4.0.0"',
    ]);
  });

  it("refuses Math.random", () => {
    expect(structureProblems([entry("@wayweave/geo-core", { text: "Math.random()" })])).toEqual([
      "src/index.ts: Math.random; use geo-core's Random",
    ]);
  });
});

describe("importCircles", () => {
  const source = (file, ...imports) => ({ file, imports, text: "" });

  it("names a circle of two and one of three, and nothing else", () => {
    const sources = [
      source("a/x.ts", "./y.js", "node:fs", "@wayweave/eval"),
      source("a/y.ts", "./x.js", "../b/z.js"),
      source("b/z.ts", "../b/w.js"),
      source("b/w.ts", "../a/y.js"),
      source("b/v.ts", "./w.js"),
    ];
    expect(importCircles(sources)).toEqual(["a/x.ts → a/y.ts → a/x.ts", "a/y.ts → b/z.ts → b/w.ts → a/y.ts"]);
    expect(importCircles([source("a/x.ts", "./y.js"), source("a/y.ts", "./none.js")])).toEqual([]);
  });
});

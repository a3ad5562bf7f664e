import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CoSMat } from "../src/model/cosmat.js";
import { TxtNet } from "../src/text/txt-net.js";
import { threeClassPairs } from "./support.js";

/** The browser entry as a page would get it: one file that imports nothing. */
let page: typeof import("../src/browser.js");
let imported: readonly string[];
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "page-"));
  const outfile = path.join(folder, "page.mjs");
  // For a browser: a Node module anywhere in it is an error.
  const { metafile } = await build({
    entryPoints: [fileURLToPath(new URL("../src/browser.ts", import.meta.url))],
    bundle: true,
    platform: "browser",
    format: "esm",
    outfile,
    metafile: true,
    logLevel: "silent",
  });
  imported = Object.values(metafile.outputs).flatMap(({ imports }) => imports.map((one) => one.path));
  page = (await import(/* @vite-ignore */ pathToFileURL(outfile).href)) as typeof page;
});
afterAll(() => rm(folder, { recursive: true }));

describe("the browser entry", () => {
  it("imports nothing, Node's modules least of all", () => {
    expect(imported).toEqual([]);
  });

  it("reads a TxtNet and a CoSMat that were fitted elsewhere, with the same results", async () => {
    const texts = Array.from({ length: 40 }, (_, i) =>
      i % 2 === 0 ? "football match goal" : "piano concert music",
    );
    const net = await TxtNet.fit(texts, { lda: { topics: 2, seed: 1 } });
    const copy = page.TxtNet.fromBytes(net.toBytes());
    expect([...copy.transform(["a goal"])]).toEqual([...net.transform(["a goal"])]);
    const pairs = threeClassPairs(60, 1);
    const model = await CoSMat.fit(pairs, { corrProj: { components: 3 }, tune: false });
    const twin = page.CrossModalModel.fromBytes(model.toBytes());
    const embedded = twin.embedText(pairs.texts);
    expect([...embedded.data]).toEqual([...model.embedText(pairs.texts).data]);
    expect([...twin.similarity(embedded, embedded).data]).toEqual([
      ...model.similarity(model.embedText(pairs.texts), model.embedText(pairs.texts)).data,
    ]);
    expect(() => page.TxtNet.fromBytes(model.toBytes())).toThrow("not a TxtNet");
  });

  it("fits topics, and encodes by any model of nn's interface", async () => {
    const vocabulary = new page.Vocabulary(["a", "b"]);
    const lda = await page.fitLda(vocabulary.count([["a"], ["b"], ["a", "a"]]), { topics: 2, passes: 2 });
    expect(lda.transform(vocabulary.count([["a"]]))).toHaveLength(2);
    const spec = (name: string) => [{ name, type: "float32", shape: ["batch", 3, 2, 2] }] as const;
    const encoder = page.imageEncoder(
      {
        inputs: spec("pixels"),
        outputs: spec("features"),
        metadata: {},
        run: async (inputs) => {
          const data = inputs.pixels!.data as Float32Array;
          return { features: { type: "float32", shape: [1, 12], data } };
        },
        dispose: async () => {},
      },
      {
        read: (image: { width: number; height: number; data: Uint8ClampedArray }) =>
          page.pixelsOf(image, { mean: [0, 0, 0], deviation: [1, 1, 1] }),
      },
    );
    // One red pixel among black ones, as a canvas gives it.
    const data = new Uint8ClampedArray(16);
    data[0] = 255;
    const { data: vector } = await encoder.encode([{ width: 2, height: 2, data }]);
    expect([...vector]).toEqual([1, ...Array(11).fill(0)]);
  });
});

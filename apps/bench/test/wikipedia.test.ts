import { deflateSync } from "node:zlib";
import { FormatError } from "@wayweave/geo-core";
import { describe, expect, it } from "vitest";
import { parseMatFile } from "../src/datasets/mat-file.js";
import { loadWikipedia } from "../src/datasets/wikipedia.js";
import { embedPairs, scoreRetrieval } from "../src/experiments/cosmat/systems/retrieval.js";
import { published, tuned } from "../src/experiments/cosmat/systems/systems.js";
import type { RunContext } from "../src/experiments/experiment.js";

/** Type, size, bytes, padding to eight. */
function element(type: number, bytes: Buffer): Buffer {
  const tag = Buffer.alloc(8);
  tag.writeUInt32LE(type, 0);
  tag.writeUInt32LE(bytes.length, 4);
  return Buffer.concat([tag, bytes, Buffer.alloc((8 - (bytes.length % 8)) % 8)]);
}

/** A 2 × 3 matrix of doubles, stored as bytes by columns: 1 4, 2 5, 3 6. */
function matFile(compress: boolean): Buffer {
  const header = Buffer.alloc(128, 0x20);
  header.writeUInt16LE(0x0100, 124);
  header.write("IM", 126, "latin1");
  const int32 = (...values: number[]) => Buffer.from(Int32Array.from(values).buffer);
  const shortName = Buffer.from([1, 0, 2, 0, 0x61, 0x62, 0, 0]); // "ab" in the tag itself
  const matrix = element(
    14,
    Buffer.concat([
      element(6, int32(6, 0)),
      element(5, int32(2, 3)),
      shortName,
      element(2, Buffer.from([1, 4, 2, 5, 3, 6])),
    ]),
  );
  if (!compress) return Buffer.concat([header, matrix]);
  const deflated = deflateSync(matrix);
  const tag = Buffer.alloc(8);
  tag.writeUInt32LE(15, 0);
  tag.writeUInt32LE(deflated.length, 4);
  return Buffer.concat([header, tag, deflated, tag, deflated]);
}

describe("parseMatFile", () => {
  it.each([false, true])("reads a matrix by rows (compressed: %s)", (compress) => {
    const matrix = parseMatFile(matFile(compress), "a.mat").get("ab");
    expect(matrix).toEqual({ rows: 2, columns: 3, data: Float64Array.of(1, 2, 3, 4, 5, 6) });
  });

  it("names a file that is none, that ended early, or that is damaged", () => {
    const file = "a.mat";
    expect(() => parseMatFile(Buffer.from("MATLAB"), file)).toThrow(
      new FormatError("must be a little-endian MATLAB 5 file", { file }),
    );
    expect(() => parseMatFile(matFile(false).subarray(0, 150), file)).toThrow(
      new FormatError("the file ended early", { file, byteOffset: 128 }),
    );
    const damaged = matFile(true);
    damaged.fill(0xff, 140, 150);
    expect(() => parseMatFile(damaged, file)).toThrow(FormatError);
  });
});

describe("cosmat/wikipedia", () => {
  const options = {
    similarity: "cosine",
    tune: { folds: 2, pairs: 200 },
    signal: new AbortController().signal,
    onProgress: () => {},
  } as const;
  const context = {
    load: (_dataset: unknown, _key: string, loader: (located: undefined) => unknown) => loader(undefined),
  } as unknown as RunContext;

  it("runs on made-up pairs, and says so, where the set is not found", async () => {
    const { train, test, provenance } = await loadWikipedia(context);
    expect(provenance.source).toBe("synthetic");
    for (const candidate of published) {
      const raw = embedPairs(await candidate.fit(train, options), { ...test, texts: candidate.texts(test) });
      const { t2iMap, i2tMap } = scoreRetrieval(raw);
      // Chance is a little over a tenth: ten classes.
      expect(Math.min(t2iMap, i2tMap)).toBeGreaterThan(0.15);
    }
  });

  it("chooses by the training pairs alone, the same every time", async () => {
    const { train } = await loadWikipedia(context);
    const [candidate] = tuned({ gammas: [1], landmarks: 30 }, 0);
    const [first, second] = [await candidate!.fit(train, options), await candidate!.fit(train, options)];
    expect(first.tuning).toEqual(second.tuning);
    expect(first.tuning!.chosen.components).toBeGreaterThan(0);
  });
});

import { dirname } from "node:path";
import type { Encoder } from "@wayweave/cosmat/encoders";
import type { LoadedData, RunContext } from "../experiments/experiment.js";

/** An encoder that is opened when features are made. */
export interface LoadedEncoder<Item> extends LoadedData {
  open(): Promise<Encoder<Item>>;
}

/** EfficientNet-Lite0; the photo's grey values on a coarse grid where its weights are not found. */
export function loadPhotoEncoder(context: RunContext): Promise<LoadedEncoder<Uint8Array>> {
  return context.load("efficientnet-lite0", "encoder", async (located) => {
    if (located === undefined)
      return { open: async () => greyGrid, provenance: standIn("EfficientNet-Lite0") };
    const { openImageEncoder } = await import("@wayweave/cosmat/encoders");
    const { files, sha256, paths } = located;
    return {
      open: () => openImageEncoder("efficientnet-lite0", { folder: dirname(paths[0]!) }),
      provenance: { name: "EfficientNet-Lite0", source: "real", files, sha256, counts: {} },
    };
  });
}

/** bge-small-zh or MiniLM; counts of hashed pairs of characters where its weights are not found. */
export function loadTextEncoder(
  context: RunContext,
  id: "bge-small-zh" | "minilm",
): Promise<LoadedEncoder<string>> {
  const name = id === "minilm" ? "MiniLM" : id;
  return context.load(id, "encoder", async (located) => {
    if (located === undefined) return { open: async () => hashedPairs, provenance: standIn(name) };
    const { openTextEncoder } = await import("@wayweave/cosmat/encoders");
    const { files, sha256, paths } = located;
    return {
      open: () => openTextEncoder(id, { folder: dirname(paths[0]!) }),
      provenance: { name, source: "real", files, sha256, counts: {} },
    };
  });
}

function standIn(name: string): LoadedData["provenance"] {
  return { name, source: "synthetic", files: [], sha256: [], counts: {} };
}

const SIDE = 8;

const greyGrid: Encoder<Uint8Array> = {
  name: "grey grid",
  async encode(images) {
    const { readGray } = await import("@wayweave/cosmat/images");
    const data = new Float32Array(images.length * SIDE * SIDE);
    for (const [i, image] of images.entries()) {
      const { width, height, data: grey } = await readGray(image, 64);
      for (let cell = 0; cell < SIDE * SIDE; cell++) {
        const x = Math.floor((((cell % SIDE) + 0.5) / SIDE) * width);
        const y = Math.floor(((Math.floor(cell / SIDE) + 0.5) / SIDE) * height);
        data[i * SIDE * SIDE + cell] = grey[y * width + x]!;
      }
    }
    return { rows: images.length, columns: SIDE * SIDE, data };
  },
  async dispose() {},
};

const BUCKETS = 128;

const hashedPairs: Encoder<string> = {
  name: "hashed pairs of characters",
  async encode(texts) {
    const data = new Float32Array(texts.length * BUCKETS);
    texts.forEach((text, i) => {
      const characters = [...text];
      for (let j = 0; j + 1 < characters.length; j++) {
        const code = 31 * characters[j]!.codePointAt(0)! + characters[j + 1]!.codePointAt(0)!;
        data[i * BUCKETS + (code % BUCKETS)]! += 1 / characters.length;
      }
    });
    return { rows: texts.length, columns: BUCKETS, data };
  },
  async dispose() {},
};

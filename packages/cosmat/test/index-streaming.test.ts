import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Position, ValueError } from "@wayweave/geo-core";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Encoder } from "../src/encoders/encoder.js";
import { readPixels } from "../src/images/pixels.js";
import { GeoMultimediaIndex } from "../src/search/geo-multimedia-index.js";
import type { GeoItem } from "../src/search/items.js";

/** Many photos, made one by one as they are asked for, through a build that holds few of them at a time. */
const PHOTOS = 300;
/** Cut off in the middle. */
const isBroken = (i: number) => i % 50 === 7;
const names = ["red", "green", "blue"] as const;

const jpegs = new Map<string, Uint8Array>();
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "index-streaming-"));
  for (const background of names) {
    const bytes = await sharp({ create: { width: 8, height: 6, channels: 3, background } })
      .jpeg()
      .toBuffer();
    jpegs.set(background, bytes);
  }
});
afterAll(() => rm(folder, { recursive: true }));

/** What the build has asked for and what the encoder has been given. */
class Watch {
  made = 0;
  encoded = 0;
  largestBatch = 0;
  /** Photos that were made and not yet encoded, at most. */
  mostWaiting = 0;

  readonly images: Encoder<Uint8Array> = {
    name: "mean colour",
    encode: async (photos) => {
      this.largestBatch = Math.max(this.largestBatch, photos.length);
      this.encoded += photos.length;
      const rows = await Promise.all(photos.map((photo) => readPixels(photo, { resize: 1, crop: 1 })));
      return { rows: photos.length, columns: 3, data: Float32Array.from(rows.flatMap((row) => [...row])) };
    },
    dispose: async () => {},
  };
  readonly texts: Encoder<string> = {
    name: "colour words",
    encode: async (texts) => {
      const rows = texts.flatMap((text) => names.map((name) => (text.includes(name) ? 1 : 0)));
      return { rows: texts.length, columns: 3, data: Float32Array.from(rows) };
    },
    dispose: async () => {},
  };

  async *items(count: number): AsyncGenerator<GeoItem<Uint8Array, number>> {
    for (let i = 0; i < count; i++) {
      const color = names[i % 3]!;
      const jpeg = jpegs.get(color)!;
      const position: Position = [i / 100, 50];
      this.made++;
      this.mostWaiting = Math.max(this.mostWaiting, this.made - this.encoded);
      const image = isBroken(i) ? jpeg.subarray(0, jpeg.length / 2) : jpeg.slice();
      yield { image, text: `a ${color} wall`, position, payload: i };
    }
  }
}

const build = (watch: Watch, photos: number, options: object = {}) =>
  GeoMultimediaIndex.build<Uint8Array, number>({
    items: watch.items(photos),
    encoders: { image: watch.images, text: watch.texts },
    fitPairs: 30,
    fit: { onWarning: () => {} },
    ...options,
  });

describe("GeoMultimediaIndex.build of a stream of photos", () => {
  it("asks for a photo only when the one before is done, and lists the broken ones", async () => {
    const watch = new Watch();
    const seen: number[] = [];
    const index = await build(watch, PHOTOS, {
      onProgress: ({ phase, done }: { phase: string; done: number }) => {
        if (phase === "items") seen.push(done);
      },
    });
    expect(watch.mostWaiting).toBe(1);
    expect(watch.largestBatch).toBe(1);
    expect(seen).toEqual(Array.from({ length: PHOTOS }, (_, i) => i + 1));
    // 7, 57, 107, 157, 207, 257
    expect(index.failures.map(({ item }) => item)).toEqual([7, 57, 107, 157, 207, 257]);
    for (const { reason } of index.failures) expect(reason).toMatch(/must be a whole, readable image/);
    expect(index.size).toBe(PHOTOS - 6);
    const hits = await index.search({ text: "a blue wall", position: [2.99, 50], k: 3, mu: 0.5 });
    // Blue ones are 2, 5, …, 299.
    expect(hits.map(({ payload }) => payload)).toEqual([299, 296, 293]);
  });

  it("keeps nothing of a photo but its vector", async () => {
    const watch = new Watch();
    const index = await build(watch, 45);
    const place = path.join(folder, "kept");
    await index.save(place);
    const [first] = index.items;
    expect(Object.keys(first!).sort()).toEqual(["payload", "position"]);
    // The other files have a name of their own in every save.
    const files = (await readdir(place)).map((name) => name.replace(/\.[0-9a-f-]{36}\./, ".")).sort();
    expect(files).toEqual(["image.gmr", "index.json", "items.jsonl", "model.safetensors", "text.gmr"]);
  });

  it.each([7, 29, 30, 44])("stops after item %i when told to, and asks for no more", async (last) => {
    const watch = new Watch();
    const controller = new AbortController();
    const place = path.join(folder, `stopped-${last}`);
    const built = build(watch, 45, {
      signal: controller.signal,
      onProgress: ({ done }: { done: number }) => {
        if (done === last) controller.abort(new Error("enough"));
      },
    }).then((index) => index.save(place));
    await expect(built).rejects.toThrow("enough");
    // The generator has made at most the one that follows.
    expect(watch.made).toBeLessThanOrEqual(last + 1);
    expect((await readdir(folder)).filter((name) => name.startsWith("stopped"))).toEqual([]);
  });

  it("leaves no part of an index that cannot be saved", async () => {
    const watch = new Watch();
    const index = await GeoMultimediaIndex.build({
      items: [{ text: "a red wall", position: [0, 0], payload: 1n }],
      encoders: { text: watch.texts },
    });
    await expect(index.save(path.join(folder, "unsaved"))).rejects.toThrow(ValueError);
    expect((await readdir(folder)).filter((name) => name.startsWith("unsaved"))).toEqual([]);
  });
});

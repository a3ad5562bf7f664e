import { checkOptions, checkPositiveInteger, Pace, ShapeError, TrajectorySet } from "@wayweave/geo-core";
import { checkPlanarSet } from "../data/extents.js";
import { channelsOf, checkImageSet, type ImageSet, imageCount } from "../data/images.js";
import { checkHas, checkPath } from "../internal/arguments.js";
import { Parts } from "../internal/parts.js";
import { checkImagesFit } from "../model/inputs.js";
import { checkEncodeOptions, type EncodeOptions, type TrajCross } from "../model/trajcross.js";
import { type GalleryImages, type GalleryTrajectories, joinImages, joinTrajectories } from "./gallery.js";
import { loadGallery, saveGallery } from "./gallery-file.js";
import { nearestRows } from "./nearest.js";
import { RenderComparer } from "./render-comparer.js";

/** A found image or trajectory. */
export interface Hit {
  /** Its place in the order of adding. */
  readonly index: number;
  /** The id that it was added with; its index as text where it had none. */
  readonly id: string;
  /** Cosine of the embeddings, in [−1, 1]. */
  readonly score: number;
  /** How far the drawn trajectory is from the image, 0 … 1; only for candidates that were re-ranked. */
  readonly renderDistance?: number;
}

/**
 * How to search. `onProgress` counts answered queries; `signal` is heard between two comparisons. Every 50 ms or so searching lets the
 * event loop run.
 */
export interface FindOptions extends EncodeOptions {
  /** @defaultValue 10 */
  readonly k?: number;
  /** Compare this many of the first candidates by drawing, and order them by that. 0 does not. @defaultValue 0 */
  readonly rerank?: number;
}

/** Queries of one kind, against the gallery of the other. */
interface Search {
  readonly queryCount: number;
  /** Embeddings of the queries from one to before another, `[queries, embeddingSize]`. */
  embed(from: number, to: number): Promise<Float32Array>;
  /** `[items, embeddingSize]` */
  readonly gallery: Float32Array;
  id(item: number): string;
  /** By drawing; only asked for where candidates are to be re-ranked. */
  distance(query: number, item: number): number;
}

/**
 * A gallery of images, of trajectories, or of both, searched exactly by cosine.
 *
 * @example
 * const index = new TrajCrossIndex(model);
 * await index.addTrajectories(tracks);
 * const [hits] = await index.findTrajectories(screenshot, { k: 5, rerank: 50 });
 */
export class TrajCrossIndex {
  readonly #model: TrajCross;
  readonly #images: Parts<GalleryImages>;
  readonly #trajectories: Parts<GalleryTrajectories>;
  #imageCount = 0;
  #trajectoryCount = 0;

  constructor(model: TrajCross) {
    checkHas("TrajCrossIndex", "model", model, "encodeTrajectories", "a TrajCross model");
    this.#model = model;
    const { imageSize: size, channels } = model.config;
    const set = { pixels: new Uint8Array(), size, channels, extents: new Float64Array() };
    this.#images = new Parts<GalleryImages>({ set, ids: [], embeddings: new Float32Array() }, joinImages);
    this.#trajectories = new Parts<GalleryTrajectories>(
      { set: TrajectorySet.fromArrays([], { coordinateSystem: "planar" }), embeddings: new Float32Array() },
      joinTrajectories,
    );
  }

  /** Images in the gallery. */
  get imageCount(): number {
    return this.#imageCount;
  }

  /** Trajectories in the gallery. */
  get trajectoryCount(): number {
    return this.#trajectoryCount;
  }

  /** @param ids one an image; its index as text where absent @throws {ShapeError} another number of ids than images */
  async addImages(images: ImageSet, ids?: readonly string[], options: EncodeOptions = {}): Promise<void> {
    const count = imageCount(images);
    if (ids !== undefined && ids.length !== count) {
      throw new ShapeError(`TrajCrossIndex.addImages: ids must have length ${count}, got ${ids.length}`);
    }
    const embeddings = await this.#model.encodeImages(images, options);
    const first = this.imageCount;
    this.#images.add({
      set: { ...images, pixels: images.pixels.slice(), extents: images.extents.slice() },
      ids: ids ?? Array.from({ length: count }, (_, i) => String(first + i)),
      embeddings,
    });
    this.#imageCount += count;
  }

  /** Adds planar trajectories; their ids are kept. */
  async addTrajectories(set: TrajectorySet, options: EncodeOptions = {}): Promise<void> {
    const embeddings = await this.#model.encodeTrajectories(set, options);
    this.#trajectories.add({ set: copyWithoutTimes(set), embeddings });
    this.#trajectoryCount += set.length;
  }

  /**
   * The images that show each of some trajectories, best first; those that the gallery holds at the time of the call.
   *
   * @throws {ValueError} `k`, `rerank` or `batchSize` out of range, a lon/lat set, a trajectory without points
   */
  async findImages(queries: TrajectorySet, options: FindOptions = {}): Promise<Hit[][]> {
    const where = "TrajCrossIndex.findImages";
    checkFind(where, options);
    checkPlanarSet(where, queries);
    const { set, ids, embeddings } = this.#images.whole;
    const comparer = options.rerank ? new RenderComparer(queries, set) : undefined;
    return this.#find(options, {
      queryCount: queries.length,
      embed: (from, to) => this.#model.encodeTrajectories(queries.slice(from, to), encodeOptions(options)),
      gallery: embeddings,
      id: (item) => ids[item]!,
      distance: (query, item) => comparer!.distance(query, item),
    });
  }

  /**
   * The trajectories that each of some images shows, best first; those that the gallery holds at the time of the call.
   *
   * @throws {ValueError} `k`, `rerank` or `batchSize` out of range, images of another size or kind than the model's
   * @throws {ShapeError} pixels or extents that do not fit each other
   */
  async findTrajectories(queries: ImageSet, options: FindOptions = {}): Promise<Hit[][]> {
    const where = "TrajCrossIndex.findTrajectories";
    checkFind(where, options);
    checkImageSet(where, queries);
    checkImagesFit(where, queries, this.#model.config);
    const { set, embeddings } = this.#trajectories.whole;
    const comparer = options.rerank ? new RenderComparer(set, queries) : undefined;
    return this.#find(options, {
      queryCount: imageCount(queries),
      embed: (from, to) => this.#model.encodeImages(imagesBetween(queries, from, to), encodeOptions(options)),
      gallery: embeddings,
      id: (item) => set.at(item).id,
      distance: (query, item) => comparer!.distance(item, query),
    });
  }

  /** Saves the gallery (not the model, but which one it was) in one file, atomically. */
  async save(file: string): Promise<void> {
    const gallery = { images: this.#images.whole, trajectories: this.#trajectories.whole };
    await saveGallery(file, gallery, this.#model);
  }

  /**
   * Loads a saved gallery. The model must be the one it was made with, or that one saved and loaded.
   *
   * @throws {FormatError} a damaged file, one of something else or of another version, parts that do not fit each other; names it
   * @throws {ValueError} a gallery of another model
   */
  static async load(file: string, model: TrajCross): Promise<TrajCrossIndex> {
    checkPath("TrajCrossIndex.load", "file", file);
    checkHas("TrajCrossIndex.load", "model", model, "encodeTrajectories", "a TrajCross model");
    const { images, trajectories } = await loadGallery("TrajCrossIndex.load", file, model);
    const index = new TrajCrossIndex(model);
    index.#images.add(images);
    index.#imageCount = imageCount(images.set);
    index.#trajectories.add(trajectories);
    index.#trajectoryCount = trajectories.set.length;
    return index;
  }

  /** Embeds a batch of queries and answers each, batch by batch. */
  async #find(options: FindOptions, search: Search): Promise<Hit[][]> {
    const { batchSize = 256, onProgress, signal } = options;
    const width = this.#model.config.embeddingSize;
    const pace = new Pace(signal);
    const found: Hit[][] = [];
    for (let start = 0; start < search.queryCount; start += batchSize) {
      await pace.step();
      const end = Math.min(start + batchSize, search.queryCount);
      const queries = await search.embed(start, end);
      for (let query = start; query < end; query++) {
        await pace.step();
        const own = queries.subarray((query - start) * width, (query - start + 1) * width);
        found.push(await hitsOf(query, own, search, options, pace));
        onProgress?.({ done: query + 1, total: search.queryCount });
      }
    }
    return found;
  }
}

async function hitsOf(
  query: number,
  embedding: Float32Array,
  search: Search,
  { k = 10, rerank = 0 }: FindOptions,
  pace: Pace,
): Promise<Hit[]> {
  const { indices, scores } = nearestRows(embedding, search.gallery, Math.max(k, rerank));
  const hits: Hit[] = [];
  for (const [rank, index] of indices.entries()) {
    const hit = { index, id: search.id(index), score: scores[rank]! };
    if (rank >= rerank) {
      hits.push(hit);
      continue;
    }
    await pace.step();
    hits.push({ ...hit, renderDistance: search.distance(query, index) });
  }
  // Those compared by drawing come first; the sort is stable, so the others keep the embeddings' order.
  hits.sort((a, b) => (a.renderDistance ?? Number.MAX_VALUE) - (b.renderDistance ?? Number.MAX_VALUE));
  return hits.slice(0, k);
}

/** Queries are embedded a batch at a time; progress is that of the answers. */
function encodeOptions({ batchSize, signal }: FindOptions): EncodeOptions {
  return { ...(batchSize === undefined ? {} : { batchSize }), ...(signal === undefined ? {} : { signal }) };
}

function imagesBetween(images: ImageSet, from: number, to: number): ImageSet {
  const width = channelsOf(images) * images.size ** 2;
  return {
    ...images,
    pixels: images.pixels.subarray(from * width, to * width),
    extents: images.extents.subarray(4 * from, 4 * to),
  };
}

function checkFind(where: string, options: FindOptions): void {
  checkOptions(where, options, ["k", "rerank", "batchSize", "onProgress", "signal"]);
  const { k = 10, rerank = 0, batchSize } = options;
  checkPositiveInteger(where, "k", k);
  if (rerank !== 0) checkPositiveInteger(where, "rerank", rerank);
  checkEncodeOptions(where, batchSize === undefined ? {} : { batchSize });
}

/** A copy without times: a gallery needs none, and sets with and without them may come together. */
function copyWithoutTimes({ coordinates, offsets, ids }: TrajectorySet): TrajectorySet {
  return new TrajectorySet(
    { coordinates: coordinates.slice(), offsets: offsets.slice(), ids, coordinateSystem: "planar" },
    { validate: false },
  );
}

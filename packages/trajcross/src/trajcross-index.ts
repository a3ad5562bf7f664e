import { checkPositiveInteger, ShapeError, TrajectorySet, ValueError } from "@wayweave/geo-core";
import { loadCheckpoint, saveCheckpoint } from "@wayweave/nn";
import { checkImageSet, type ImageSet, imageCount } from "./images.js";
import { joinArrays, Parts } from "./internal/parts.js";
import { nearestRows } from "./nearest.js";
import { RenderComparer } from "./rerank.js";
import type { EncodeOptions, TrajCross } from "./trajcross.js";

/** A found image or trajectory. */
export interface Hit {
  /** Its place in the order of adding. */
  readonly index: number;
  readonly id: string;
  /** Cosine of the embeddings, in [−1, 1]. */
  readonly score: number;
  /** How far the drawn trajectory is from the image, 0 … 1; only for candidates that were re-ranked. */
  readonly renderDistance?: number;
}

export interface FindOptions extends EncodeOptions {
  /** @defaultValue 10 */
  readonly k?: number;
  /** Compare this many of the first candidates by drawing, and order them by that. 0 does not. @defaultValue 0 */
  readonly rerank?: number;
}

const formatVersion = 1;

interface GalleryImages {
  readonly set: ImageSet;
  readonly ids: readonly string[];
  readonly embeddings: Float32Array;
}

interface GalleryTrajectories {
  readonly set: TrajectorySet;
  readonly embeddings: Float32Array;
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
    this.#model = model;
    const { imageSize: size, channels } = model.config;
    const set = { pixels: new Uint8Array(), size, channels, extents: new Float64Array() };
    this.#images = new Parts<GalleryImages>({ set, ids: [], embeddings: new Float32Array() }, joinImages);
    this.#trajectories = new Parts<GalleryTrajectories>(
      { set: TrajectorySet.fromArrays([], { coordinateSystem: "planar" }), embeddings: new Float32Array() },
      joinTrajectories,
    );
  }

  get imageCount(): number {
    return this.#imageCount;
  }

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

  /** The images that show each of some trajectories, best first. @throws {ValueError} `k` or `rerank` out of range */
  async findImages(queries: TrajectorySet, options: FindOptions = {}): Promise<Hit[][]> {
    const search = checkFind("TrajCrossIndex.findImages", options);
    const embeddings = await this.#model.encodeTrajectories(queries, options);
    const gallery = this.#images.whole;
    const comparer = search.rerank > 0 ? new RenderComparer(queries, gallery.set) : undefined;
    return this.#search(embeddings, gallery.embeddings, search, {
      id: (index) => gallery.ids[index]!,
      distance: (query, index) => comparer?.distance(query, index),
    });
  }

  /** The trajectories that each of some images shows, best first. @throws {ValueError} `k` or `rerank` out of range */
  async findTrajectories(queries: ImageSet, options: FindOptions = {}): Promise<Hit[][]> {
    const search = checkFind("TrajCrossIndex.findTrajectories", options);
    const embeddings = await this.#model.encodeImages(queries, options);
    const gallery = this.#trajectories.whole;
    const comparer = search.rerank > 0 ? new RenderComparer(gallery.set, queries) : undefined;
    return this.#search(embeddings, gallery.embeddings, search, {
      id: (index) => gallery.set.at(index).id,
      distance: (query, index) => comparer?.distance(index, query),
    });
  }

  /** Saves the gallery (not the model) in one file, atomically. */
  async save(file: string): Promise<void> {
    const images = this.#images.whole;
    const trajectories = this.#trajectories.whole;
    const { coordinates, offsets } = trajectories.set;
    const column = (
      type: "float32" | "float64" | "uint8" | "int32",
      data: Float32Array | Float64Array | Uint8Array | Int32Array,
    ) => ({
      type,
      shape: [data.length],
      data,
    });
    await saveCheckpoint(file, {
      tensors: {
        imagePixels: column("uint8", images.set.pixels),
        imageExtents: column("float64", images.set.extents),
        imageEmbeddings: column("float32", images.embeddings),
        coordinates: column("float64", coordinates),
        offsets: column("int32", Int32Array.from(offsets)),
        trajectoryEmbeddings: column("float32", trajectories.embeddings),
      },
      metadata: {
        format: "wayweave-trajcross-index",
        version: formatVersion,
        model: this.#model.config,
        imageIds: images.ids,
        trajectoryIds: Array.from(trajectories.set, ({ id }) => id),
      },
    });
  }

  /**
   * Loads a saved gallery. The model must be the one it was made with.
   *
   * @throws {FormatError} a damaged file @throws {ValueError} a file of something else, or of another model
   */
  static async load(file: string, model: TrajCross): Promise<TrajCrossIndex> {
    const { tensors, metadata } = await loadCheckpoint(file);
    const saved = metadata as {
      format?: string;
      version?: number;
      model?: object;
      imageIds: string[];
      trajectoryIds: string[];
    };
    if (saved?.format !== "wayweave-trajcross-index" || saved.version !== formatVersion) {
      throw new ValueError(
        `TrajCrossIndex.load: ${file} must be a gallery saved by TrajCrossIndex.save, version ${formatVersion}`,
      );
    }
    if (JSON.stringify(saved.model) !== JSON.stringify(model.config)) {
      throw new ValueError(`TrajCrossIndex.load: ${file} was made with a model of another configuration`);
    }
    const data = <T>(name: string) => tensors.get(name)!.data as T;
    const index = new TrajCrossIndex(model);
    const images: ImageSet = {
      size: model.config.imageSize,
      channels: model.config.channels,
      pixels: data("imagePixels"),
      extents: data("imageExtents"),
    };
    checkImageSet("TrajCrossIndex.load", images);
    index.#images.add({ set: images, ids: saved.imageIds, embeddings: data("imageEmbeddings") });
    index.#imageCount = imageCount(images);
    const trajectories = new TrajectorySet({
      coordinates: data("coordinates"),
      offsets: Uint32Array.from(data<Int32Array>("offsets")),
      ids: saved.trajectoryIds,
      coordinateSystem: "planar",
    });
    index.#trajectories.add({ set: trajectories, embeddings: data("trajectoryEmbeddings") });
    index.#trajectoryCount = trajectories.length;
    return index;
  }

  #search(
    queries: Float32Array,
    gallery: Float32Array,
    { k, rerank }: { readonly k: number; readonly rerank: number },
    item: { id(index: number): string; distance(query: number, index: number): number | undefined },
  ): Hit[][] {
    const width = this.#model.config.embeddingSize;
    return Array.from({ length: queries.length / width }, (_, query) => {
      const own = queries.subarray(query * width, (query + 1) * width);
      const { indices, scores } = nearestRows(own, gallery, Math.max(k, rerank));
      const hits = Array.from(indices, (index, rank): Hit => {
        const renderDistance = rank < rerank ? item.distance(query, index) : undefined;
        return {
          index,
          id: item.id(index),
          score: scores[rank]!,
          ...(renderDistance === undefined ? {} : { renderDistance }),
        };
      });
      // Those compared by drawing come first; the sort is stable, so the others keep the embeddings' order.
      hits.sort((a, b) => (a.renderDistance ?? Number.MAX_VALUE) - (b.renderDistance ?? Number.MAX_VALUE));
      return hits.slice(0, k);
    });
  }
}

function checkFind(where: string, { k = 10, rerank = 0 }: FindOptions): { k: number; rerank: number } {
  checkPositiveInteger(where, "k", k);
  if (rerank !== 0) checkPositiveInteger(where, "rerank", rerank);
  return { k, rerank };
}

/** A copy without times: a gallery needs none, and sets with and without them may come together. */
function copyWithoutTimes({ coordinates, offsets, ids }: TrajectorySet): TrajectorySet {
  return new TrajectorySet(
    { coordinates: coordinates.slice(), offsets: offsets.slice(), ids, coordinateSystem: "planar" },
    { validate: false },
  );
}

function joinImages(parts: readonly GalleryImages[]): GalleryImages {
  const sets = parts.map(({ set }) => set);
  return {
    set: {
      ...sets[0]!,
      pixels: joinArrays(
        Uint8Array,
        sets.map(({ pixels }) => pixels),
      ),
      extents: joinArrays(
        Float64Array,
        sets.map(({ extents }) => extents),
      ),
    },
    ids: parts.flatMap(({ ids }) => ids),
    embeddings: joinArrays(
      Float32Array,
      parts.map(({ embeddings }) => embeddings),
    ),
  };
}

function joinTrajectories(parts: readonly GalleryTrajectories[]): GalleryTrajectories {
  return {
    set: TrajectorySet.concat(parts.map(({ set }) => set)),
    embeddings: joinArrays(
      Float32Array,
      parts.map(({ embeddings }) => embeddings),
    ),
  };
}

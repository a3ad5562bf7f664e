import {
  checkAnswer,
  checkGiven,
  checkInRange,
  checkOneOf,
  checkOptions,
  checkPositiveInteger,
  isError,
  Pace,
  type Position,
  ShapeError,
  StateError,
  ValueError,
} from "@wayweave/geo-core";
import { checkProximity, type GmrTree, type Where as TreeConditions } from "@wayweave/gmr-tree";
import type { Encoder } from "../encoders/encoder.js";
import { checkPath } from "../internal/arguments.js";
import type { CrossModalModel } from "../model/cross-modal-model.js";
import { encoderSpace, type Modality, modelSpace } from "./common-space.js";
import { IndexBuilder, type StoredItem } from "./index-builder.js";
import { saveIndex } from "./index-files.js";
import {
  checkBuild,
  checkEncoders,
  checkedVector,
  encodeItem,
  missingFile,
  queryModality,
} from "./index-input.js";
import { loadIndex } from "./index-loading.js";
import type { Encoders, IndexParts } from "./index-parts.js";
import { checkItem, checkPosition, type ItemFailure } from "./items.js";
import type { BuildOptions, SearchQuery } from "./options.js";
import { AttributeCollector, type Attributes, checkWhere } from "./where.js";

/** An item that a search found, as a photo or as a text. */
export interface IndexHit<Payload> {
  /** The item's place among those that were indexed, from 0. */
  readonly item: number;
  /** Which half of the item was found; an item with both may be found as either. */
  readonly modality: Modality;
  /** Longitude and latitude of the item, degrees. */
  readonly position: Position;
  /** What the item was given with; undefined where that was nothing. */
  readonly payload: Payload | undefined;
  /** μ · nearness + (1 − μ) · likeness, the paper's eq. 3, in [−1, 1]. */
  readonly score: number;
  /** Great-circle distance from the query. */
  readonly distanceMeters: number;
  /** Likeness to the query in the common space: a cosine, in [−1, 1]. */
  readonly similarity: number;
}

type TreeWhere = TreeConditions<Attributes>;

const QUERY_KEYS = [
  "text",
  "image",
  "position",
  "k",
  "mu",
  "target",
  "where",
  "filter",
  "proximity",
  "maxDistanceMeters",
] as const;

/**
 * Photos and texts at places: near this place, and about this.
 *
 * A text query that finds photos is the paper's kT2IQ, a photo query that finds texts its kI2TQ; the ranking is exact.
 *
 * @example
 * const index = await GeoMultimediaIndex.build({ items: [{ image: "a.jpg", text: "an old church" }], encoders });
 * await index.search({ text: "church at night", position: [13.74, 51.05], k: 10 });
 */
export class GeoMultimediaIndex<Image, Payload = unknown> {
  readonly #parts: IndexParts<Image, Payload>;

  constructor(parts: IndexParts<Image, Payload>) {
    this.#parts = parts;
  }

  /**
   * Encodes items one after the other and indexes them. An image that cannot be read, and a photo without a position, is listed
   * in `failures`; the others are indexed.
   *
   * @throws {ValueError} an item or an option that is none; no item that could be indexed; too few items with both for a common
   *   space
   * @throws the signal's reason
   */
  static async build<Image, Payload = unknown>(
    options: BuildOptions<Image, Payload>,
  ): Promise<GeoMultimediaIndex<Image, Payload>> {
    const where = "GeoMultimediaIndex.build";
    checkBuild(where, options);
    const {
      items,
      encoders,
      model,
      sharedSpace = false,
      fitPairs = 5000,
      fit = {},
      onProgress,
      signal,
    } = options;
    const single = encoders.image === undefined || encoders.text === undefined;
    const known = model !== undefined ? modelSpace(model) : sharedSpace || single ? encoderSpace : undefined;
    const builder = new IndexBuilder<Payload>(known, fitPairs);
    const attributes = new AttributeCollector();
    const failures: ItemFailure[] = [];
    const config = {
      ...fit,
      ...(signal === undefined ? {} : { signal }),
      ...(onProgress === undefined ? {} : { onProgress }),
    };
    const pace = new Pace(signal);
    const total = Array.isArray(items) ? items.length : undefined;
    let done = 0;
    for await (const item of items) {
      await pace.step();
      checkItem(where, done, item);
      if (item.attributes !== undefined) attributes.add(`${where}: items[${done}]`, item.attributes);
      try {
        builder.add(await encodeItem(item, encoders, signal));
      } catch (error) {
        if (signal?.aborted) throw error;
        const reason = isError(error) ? error.message : String(error);
        failures.push({ item: done, reason: (await missingFile(item.image, reason)) ?? reason });
      }
      if (builder.isReadyToFit) await builder.fit(where, config);
      done++;
      onProgress?.({ phase: "items", done, total });
    }
    if (builder.items.length === 0) {
      const first = failures[0] === undefined ? "" : `; the first failure: ${failures[0].reason}`;
      throw new ValueError(
        `${where}: at least one item must be indexed, got ${done} items, none of them${first}`,
      );
    }
    if (builder.space === undefined) await builder.fit(where, config);
    const { types } = attributes;
    const trees = builder.finish(types, signal);
    const space = builder.space!;
    return new GeoMultimediaIndex({
      encoders,
      space,
      items: builder.items,
      trees,
      attributes: types,
      failures,
    });
  }

  /** Items in the index. */
  get size(): number {
    return this.#parts.items.length;
  }

  /** Items that could not be indexed, and why. */
  get failures(): readonly ItemFailure[] {
    return this.#parts.failures;
  }

  /** The model of the common space; undefined where the encoders' own space is used. */
  get model(): CrossModalModel | undefined {
    return this.#parts.space.model;
  }

  /** What was indexed, in that order: a hit's `item` counts in it. */
  get items(): readonly StoredItem<Payload>[] {
    return this.#parts.items;
  }

  /**
   * The k items with the best μ · nearness + (1 − μ) · likeness, best first.
   *
   * @throws {ValueError} neither or both of text and image, another option out of range or unknown, a target that the index has
   *   none of
   * @throws {StateError} the index has no encoder for the query
   * @throws {FormatError} an image that cannot be read
   */
  async search(query: SearchQuery<Image, Payload>): Promise<IndexHit<Payload>[]> {
    const where = "GeoMultimediaIndex.search";
    checkGiven(where, "query", query);
    checkOptions<Record<string, unknown>>(where, query as unknown as Record<string, unknown>, QUERY_KEYS);
    const { position, k = 10, mu = 0.5, where: conditions, filter, proximity, maxDistanceMeters } = query;
    checkPosition(where, "position", position);
    if (k !== Number.POSITIVE_INFINITY) checkPositiveInteger(where, "k", k);
    checkInRange(where, "mu", mu, 0, 1);
    if (proximity !== undefined) checkProximity(where, proximity);
    if (maxDistanceMeters !== undefined)
      checkInRange(where, "maxDistanceMeters", maxDistanceMeters, 0, Number.POSITIVE_INFINITY);
    if (conditions !== undefined) checkWhere(where, conditions, this.#parts.attributes);
    if (filter !== undefined && typeof filter !== "function") {
      throw new ValueError(
        `${where}: filter must be a function, got ${filter === null ? "null" : typeof filter}`,
      );
    }
    const modality = queryModality(where, query);
    const target = query.target ?? this.#targetOf(modality);
    const tree = this.#treeOf(where, target);
    const features = await this.#encode(where, query, modality);
    checkedVector(where, features);
    const { data } = this.#parts.space.vectors(modality, features);
    if (data.length !== tree.dimensions) {
      throw new ShapeError(
        `${where}: the ${modality} encoder's vectors must have ${tree.dimensions} entries in the index's space, got ${data.length}`,
      );
    }
    const { items } = this.#parts;
    const hits = tree.search({
      position,
      vector: Float32Array.from(data),
      k,
      mu,
      ...(proximity === undefined ? {} : { proximity }),
      ...(maxDistanceMeters === undefined ? {} : { maxDistanceMeters }),
      ...(conditions === undefined ? {} : { where: conditions as TreeWhere }),
      ...(filter === undefined ? {} : { filter: (id) => checkAnswer(where, "filter", filter(items[id]!)) }),
    });
    return hits.map(({ id, score, distanceMeters, similarity }) => ({
      item: id,
      modality: target,
      position: items[id]!.position,
      payload: items[id]!.payload,
      score,
      distanceMeters,
      similarity,
    }));
  }

  /** Writes the index into a folder, whole or not at all. Encoders are not written: `load` takes them again. */
  async save(folder: string): Promise<void> {
    checkPath("GeoMultimediaIndex.save", "folder", folder);
    await saveIndex(folder, this.#parts);
  }

  /**
   * @param options encoders by the names that it was built with; one that no query needs may be left out
   * @throws {FormatError} a folder that holds no index, or a damaged one
   * @throws {ValueError} other encoders than it was built with, or what is none
   */
  static async load<Image, Payload = unknown>(
    folder: string,
    options: { readonly encoders: Encoders<Image> },
  ): Promise<GeoMultimediaIndex<Image, Payload>> {
    const where = "GeoMultimediaIndex.load";
    checkPath(where, "folder", folder);
    checkGiven(where, "options", options);
    checkOptions(where, options, ["encoders"]);
    checkEncoders(where, options.encoders);
    return new GeoMultimediaIndex(await loadIndex<Image, Payload>(folder, options.encoders));
  }

  #targetOf(modality: Modality): Modality {
    const { trees } = this.#parts;
    const other = modality === "image" ? "text" : "image";
    return trees[other] === undefined ? modality : other;
  }

  #treeOf(where: string, target: Modality): GmrTree<Attributes> {
    checkOneOf(where, "target", target, ["image", "text"]);
    const tree = this.#parts.trees[target];
    if (tree === undefined) {
      const kinds = Object.keys(this.#parts.trees).join(" and ");
      throw new ValueError(`${where}: target must be one that the index has (${kinds}), got ${target}`);
    }
    return tree;
  }

  async #encode(where: string, query: SearchQuery<Image, Payload>, modality: Modality) {
    const { encoders } = this.#parts;
    const encoder = encoders[modality] as Encoder<unknown> | undefined;
    if (encoder === undefined) {
      throw new StateError(
        `${where}: the index was built or loaded without a ${modality} encoder; give it one`,
      );
    }
    return encoder.encode([query[modality]]);
  }
}

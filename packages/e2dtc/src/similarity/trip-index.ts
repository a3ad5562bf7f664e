import {
  checkAllFinite,
  checkOptions,
  checkPositiveInteger,
  FormatError,
  isFloat32Array,
  Pace,
  ShapeError,
  StateError,
  type TrajectorySet,
  ValueError,
} from "@wayweave/geo-core";
import { loadCheckpoint, saveCheckpoint } from "@wayweave/nn";

/** What turns trips into vectors: {@link E2DTC}, or any other. */
export interface TripEmbedder {
  /** Vectors of trips in their order, row-major, `[trips × dimensions]`: the nearer, the more alike the trips are. */
  embed(
    trips: TrajectorySet,
    options?: { readonly signal?: AbortSignal; readonly onProgress?: (progress: IndexProgress) => void },
  ): Promise<Float32Array>;
}

/** How far adding trips or searching has come. */
export interface IndexProgress {
  /** Trips embedded, or queries answered. */
  readonly done: number;
  /** All of them. */
  readonly total: number;
}

/** Vectors of trips that are there already. */
export interface TripEmbeddings {
  /** Row-major, `[trips × dimensions]`. */
  readonly embeddings: Float32Array;
  /** Numbers of one vector, ≥ 1. */
  readonly dimensions: number;
  /** @defaultValue their indices as text, `[trips]` */
  readonly ids?: readonly string[];
}

/** A trip that a search found. */
export interface TripHit {
  /** In the order in which trips were added. */
  readonly index: number;
  /** The id that it was added with; its index as text where it had none. */
  readonly id: string;
  /** Euclidean distance of the embeddings. */
  readonly distance: number;
}

const KIND = "wayweave.e2dtc.trip-index";

/**
 * The nearest trips of a trip by their embeddings, exactly: Euclidean distances to all of them, of equal ones the smaller index first.
 *
 * @throws {ShapeError} embeddings that are no whole number of vectors, or as many ids as there are not trips
 * @throws {ValueError} a value that is not finite
 * @example
 * const index = new TripIndex(await E2DTC.load("clusters.onnx"));
 * await index.add(trips);
 * const hits = await index.nearest(trip, { k: 10 }); // [{ index, id, distance }, …]
 */
export class TripIndex {
  readonly #model: TripEmbedder | undefined;
  #embeddings: Float32Array = new Float32Array(0);
  #dimensions = 0;
  #ids: string[] = [];

  constructor(source: TripEmbedder | TripEmbeddings) {
    if (typeof source !== "object" || source === null) {
      throw new ValueError(`TripIndex: source must be a model or embeddings, got ${String(source)}`);
    }
    if ("embeddings" in source) this.#append("TripIndex", source);
    else if (typeof source.embed === "function") this.#model = source;
    else throw new ValueError("TripIndex: source must be a model with embed, or embeddings, got neither");
  }

  /** The number of trips. */
  get size(): number {
    return this.#ids.length;
  }

  /** The length of an embedding; 0 as long as there is none. */
  get dimensions(): number {
    return this.#dimensions;
  }

  /** The ids of the trips in the order in which they were added. */
  get ids(): readonly string[] {
    return this.#ids;
  }

  /**
   * Adds trips, embedded by the model. Nothing is added where embedding fails.
   *
   * @throws {StateError} an index of embeddings only
   * @throws {ValueError} what the model refuses
   */
  async add(
    trips: TrajectorySet,
    options: { readonly signal?: AbortSignal; readonly onProgress?: (progress: IndexProgress) => void } = {},
  ): Promise<void> {
    checkOptions("TripIndex.add", options, ["signal", "onProgress"]);
    const embeddings = await this.#embed("TripIndex.add", trips, options);
    if (trips.length === 0) return;
    const ids = Array.from({ length: trips.length }, (_, i) => trips.ids?.[i] ?? String(this.size + i));
    this.#append("TripIndex.add", { embeddings, dimensions: embeddings.length / trips.length, ids });
  }

  /**
   * The k nearest trips, nearest first; all of them where there are fewer.
   *
   * @param trip a set of one trip, which the model embeds, or its embedding, `[dimensions]`
   * @throws {ShapeError} a set of another number of trips than one, or an embedding of another length
   * @throws {ValueError} k that is no positive integer, or an embedding that is not finite
   * @throws {StateError} a trip where there is no model
   */
  async nearest(trip: TrajectorySet | Float32Array, options: NearestTripsOptions): Promise<TripHit[]> {
    const where = "TripIndex.nearest";
    checkNearest(where, options);
    if (!isFloat32Array(trip) && trip.length !== 1) {
      throw new ShapeError(`${where}: trip must be a set of one trip, got ${trip.length}`);
    }
    return (await this.#search(where, trip, options, { one: true }))[0]!;
  }

  /**
   * {@link nearest} of many trips.
   *
   * @param trips a set, or embeddings one after another, `[trips × dimensions]`
   * @returns a list a trip
   */
  async nearestMany(trips: TrajectorySet | Float32Array, options: NearestTripsOptions): Promise<TripHit[][]> {
    checkNearest("TripIndex.nearestMany", options);
    return this.#search("TripIndex.nearestMany", trips, options, { one: false });
  }

  /** Writes the index, without its model, as one file: whole or not at all. */
  async save(file: string): Promise<void> {
    await saveCheckpoint(file, {
      tensors: {
        embeddings: { type: "float32", data: this.#embeddings, shape: [this.size, this.#dimensions] },
      },
      metadata: { kind: KIND, ids: this.#ids },
    });
  }

  /**
   * Reads what {@link save} wrote.
   *
   * @param model for queries and trips that are no embeddings; the one that made the index
   * @throws {FormatError} a file that is no index, or a damaged one
   */
  static async load(file: string, model?: TripEmbedder): Promise<TripIndex> {
    const { tensors, metadata } = await loadCheckpoint(file);
    const { kind, ids } = (metadata ?? {}) as { readonly kind?: unknown; readonly ids?: unknown };
    const tensor = tensors.get("embeddings");
    const isWhole =
      kind === KIND &&
      Array.isArray(ids) &&
      ids.every((id) => typeof id === "string") &&
      tensor !== undefined &&
      isFloat32Array(tensor.data) &&
      tensor.shape.length === 2 &&
      tensor.shape[0] === (ids as unknown[]).length;
    if (!isWhole) throw new FormatError("must be an index that TripIndex.save wrote", { file });
    const index = new TripIndex(model ?? { embeddings: new Float32Array(0), dimensions: 0 });
    index.#append("TripIndex.load", {
      embeddings: tensor.data as Float32Array,
      dimensions: tensor.shape[1]!,
      ids: ids as string[],
    });
    return index;
  }

  async #embed(
    where: string,
    trips: TrajectorySet,
    options: Parameters<TripEmbedder["embed"]>[1],
  ): Promise<Float32Array> {
    if (this.#model === undefined) {
      throw new StateError(
        `${where}: an index of embeddings needs a model for trips: new TripIndex(model), or TripIndex.load(file, model)`,
      );
    }
    return this.#model.embed(trips, options);
  }

  #append(where: string, { embeddings, dimensions, ids }: TripEmbeddings): void {
    if (!isFloat32Array(embeddings)) throw new ValueError(`${where}: embeddings must be a Float32Array`);
    if (embeddings.length === 0 && (ids === undefined || ids.length === 0)) return;
    checkPositiveInteger(where, "dimensions", dimensions);
    const count = embeddings.length / dimensions;
    if (!Number.isInteger(count)) {
      throw new ShapeError(
        `${where}: embeddings must have a multiple of ${dimensions} values (dimensions), got ${embeddings.length}`,
      );
    }
    if (ids !== undefined && ids.length !== count) {
      throw new ShapeError(`${where}: ids must have length ${count}, got ${ids.length}`);
    }
    if (this.size > 0 && dimensions !== this.#dimensions) {
      throw new ShapeError(
        `${where}: dimensions must be ${this.#dimensions} as in the index, got ${dimensions}`,
      );
    }
    checkAllFinite(where, "embeddings", embeddings);
    const whole = new Float32Array(this.#embeddings.length + embeddings.length);
    whole.set(this.#embeddings);
    whole.set(embeddings, this.#embeddings.length);
    const names = ids ?? Array.from({ length: count }, (_, i) => String(this.size + i));
    this.#ids = [...this.#ids, ...names];
    this.#embeddings = whole;
    this.#dimensions = dimensions;
  }

  async #search(
    where: string,
    trips: TrajectorySet | Float32Array,
    { k, signal, onProgress }: NearestTripsOptions,
    { one }: { readonly one: boolean },
  ): Promise<TripHit[][]> {
    if (this.size === 0) throw new StateError(`${where}: the index must hold trips, got none`);
    const queries = isFloat32Array(trips)
      ? trips
      : await this.#embed(where, trips, signal === undefined ? {} : { signal });
    const width = this.#dimensions;
    if (queries.length % width !== 0 || (one && queries.length !== width)) {
      throw new ShapeError(`${where}: an embedding must have length ${width}, got ${queries.length}`);
    }
    checkAllFinite(where, "embedding", queries);
    const pace = new Pace(signal);
    const found: TripHit[][] = [];
    for (let start = 0; start < queries.length; start += width) {
      const nearest = nearestRows(this.#embeddings, queries.subarray(start, start + width), k);
      found.push(nearest.map(({ index, distance }) => ({ index, id: this.#ids[index]!, distance })));
      onProgress?.({ done: found.length, total: queries.length / width });
      await pace.step();
    }
    return found;
  }
}

/** How many trips a search gives, and how to watch and stop it. */
export interface NearestTripsOptions {
  /** How many are wanted, ≥ 1. */
  readonly k: number;
  /** Heard while queries are embedded, and between two queries; the promise is rejected with its reason. */
  readonly signal?: AbortSignal;
  /** Called after each query: queries answered, of all. */
  readonly onProgress?: (progress: IndexProgress) => void;
}

function checkNearest(where: string, options: NearestTripsOptions): void {
  checkOptions(where, options, ["k", "signal", "onProgress"]);
  checkPositiveInteger(where, "k", options?.k);
  options.signal?.throwIfAborted();
}

/** The k rows nearest to a query, nearest first, of equal ones the smaller index first. */
function nearestRows(
  rows: Float32Array,
  query: Float32Array,
  k: number,
): { readonly index: number; readonly distance: number }[] {
  const width = query.length;
  const count = rows.length / width;
  const indices: number[] = [];
  const squares: number[] = [];
  for (let row = 0; row < count; row++) {
    const bound = indices.length < k ? Number.POSITIVE_INFINITY : squares[k - 1]!;
    let square = 0;
    for (let j = 0, at = row * width; j < width && square < bound; j++, at++) {
      const difference = rows[at]! - query[j]!;
      square += difference * difference;
    }
    if (square >= bound) continue;
    let place = indices.length;
    while (place > 0 && squares[place - 1]! > square) place--;
    indices.splice(place, 0, row);
    squares.splice(place, 0, square);
    if (indices.length > k) {
      indices.pop();
      squares.pop();
    }
  }
  return indices.map((index, i) => ({ index, distance: Math.sqrt(squares[i]!) }));
}

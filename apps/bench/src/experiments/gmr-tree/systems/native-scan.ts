import { EARTH_RADIUS_METERS } from "@wayweave/geo-core";
import { BestK } from "./best-k.js";
import { type ExhaustiveSearch, proximityOf, type QuerySettings, unitPoint } from "./exhaustive.js";
import type { ObjectSet } from "./objects.js";
import { SCAN_KERNEL } from "./scan-kernel.js";

const PAGE = 65536;
/** Groups of four objects between two looks at the list of the best. */
const CHUNK = 256;
/** More than float32 takes off a score in [−1, 1], or off a cosine. */
const SLACK = 1e-5;
const decays = { relative: 0, linear: 0, exponential: 1, gaussian: 2 } as const;

interface ScanExports {
  nearestToAntipode(points: number, first: number, end: number, x: number, y: number, z: number): number;
  scan(...args: readonly number[]): number;
}

/**
 * The baseline at native speed: WebAssembly SIMD looks at all objects, four at a time, and lists those that may enter the list
 * of the best by bounds in float32. Only these are scored, in float64, so that the results are exact.
 */
export class NativeScan {
  readonly #set: ObjectSet;
  readonly #exhaustive: ExhaustiveSearch;
  readonly #kernels: ScanExports;
  readonly #memory: WebAssembly.Memory;
  readonly #groups: number;
  readonly #points: number;
  readonly #vectors: number;
  readonly #query: number;
  readonly #found: Uint32Array;

  private constructor(set: ObjectSet, exhaustive: ExhaustiveSearch, module: WebAssembly.Module) {
    const { objects, dimensions } = set.spec;
    this.#set = set;
    this.#exhaustive = exhaustive;
    this.#groups = Math.ceil(objects / 4);
    this.#points = 0;
    this.#vectors = 48 * this.#groups;
    this.#query = this.#vectors + 16 * dimensions * this.#groups;
    const found = this.#query + 16 * dimensions;
    this.#memory = new WebAssembly.Memory({ initial: Math.ceil((found + 16 * CHUNK) / PAGE) });
    this.#found = new Uint32Array(this.#memory.buffer, found, 4 * CHUNK);
    const instance = new WebAssembly.Instance(module, { scan: { memory: this.#memory } });
    this.#kernels = instance.exports as unknown as ScanExports;
    this.#fill();
  }

  static async of(set: ObjectSet, exhaustive: ExhaustiveSearch): Promise<NativeScan> {
    const { default: loadWabt } = await import("wabt");
    const toolkit = await loadWabt();
    const { buffer } = toolkit.parseWat("scan.wat", SCAN_KERNEL, { simd: true }).toBinary({});
    return new NativeScan(set, exhaustive, await WebAssembly.compile(buffer as BufferSource));
  }

  get bytes(): number {
    return this.#query;
  }

  /** Groups of four, the last filled up with its last object. */
  #fill(): void {
    const { vectors, spec } = this.#set;
    const { objects, dimensions } = spec;
    const { points } = this.#exhaustive;
    const floats = new Float32Array(this.#memory.buffer);
    const to = this.#vectors / 4;
    for (let slot = 0; slot < 4 * this.#groups; slot++) {
      const i = Math.min(slot, objects - 1);
      const group = slot >> 2;
      const lane = slot & 3;
      for (let j = 0; j < 3; j++) floats[12 * group + 4 * j + lane] = points[3 * i + j]!;
      for (let j = 0; j < dimensions; j++) {
        floats[to + 4 * (dimensions * group + j) + lane] = vectors[i * dimensions + j]!;
      }
    }
  }

  /** δmax of eq. (6): float32 finds the chunks that may hold the farthest object, float64 looks at these. */
  farthest(x: number, y: number): number {
    const chunks = new Float32Array(Math.ceil(this.#groups / CHUNK));
    const [px, py, pz] = unitPoint(x, y);
    let least = 2;
    for (let c = 0; c < chunks.length; c++) {
      const end = Math.min(this.#groups, (c + 1) * CHUNK);
      chunks[c] = this.#kernels.nearestToAntipode(this.#points, c * CHUNK, end, px, py, pz);
      least = Math.min(least, chunks[c]!);
    }
    const { points } = this.#exhaustive;
    let cosine = 1;
    chunks.forEach((value, c) => {
      if (value > least + SLACK) return;
      const end = Math.min(points.length, 12 * CHUNK * (c + 1));
      for (let i = 12 * CHUNK * c; i < end; i += 3) {
        cosine = Math.min(cosine, px * points[i]! + py * points[i + 1]! + pz * points[i + 2]!);
      }
    });
    return EARTH_RADIUS_METERS * Math.acos(Math.max(-1, cosine));
  }

  /** The k best objects of query q, best first. */
  search(q: number, { mu, proximity, k }: QuerySettings): Uint32Array {
    const { queryPositions, queryVectors, vectors, spec } = this.#set;
    const { objects, dimensions } = spec;
    const { points } = this.#exhaustive;
    const [lon, lat] = [queryPositions[2 * q]!, queryPositions[2 * q + 1]!];
    const [px, py, pz] = unitPoint(lon, lat);
    const farthest = proximity.kind === "relative" ? this.farthest(lon, lat) : 0;
    const scale = proximity.kind === "relative" ? farthest : proximity.scaleMeters;
    const query = queryVectors.subarray(q * dimensions, (q + 1) * dimensions);
    const lanes = new Float32Array(this.#memory.buffer, this.#query, 4 * dimensions);
    for (let j = 0; j < 4 * dimensions; j++) lanes[j] = query[j >> 2]!;
    const best = new BestK(k);
    for (let first = 0; first < this.#groups; first += CHUNK) {
      const found = this.#kernels.scan(
        this.#points,
        this.#vectors,
        this.#query,
        this.#query + 16 * dimensions,
        this.#found.byteOffset,
        first,
        Math.min(this.#groups, first + CHUNK),
        px,
        py,
        pz,
        mu,
        1 - mu,
        EARTH_RADIUS_METERS / scale,
        decays[proximity.kind],
        Math.max(-2, best.worst - SLACK),
      );
      for (let c = 0; c < found; c++) {
        const i = this.#found[c]!;
        if (i >= objects) continue;
        let product = 0;
        for (let j = 0, at = i * dimensions; j < dimensions; j++) product += query[j]! * vectors[at + j]!;
        const dx = px - points[3 * i]!;
        const dy = py - points[3 * i + 1]!;
        const dz = pz - points[3 * i + 2]!;
        const half = Math.min(1, Math.sqrt(dx * dx + dy * dy + dz * dz) / 2);
        const meters = 2 * EARTH_RADIUS_METERS * Math.asin(half);
        best.offer(i, mu * proximityOf(proximity, meters, farthest) + (1 - mu) * product);
      }
    }
    return best.ids;
  }
}

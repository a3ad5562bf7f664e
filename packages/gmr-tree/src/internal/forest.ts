import type { Schema } from "../attributes/schema.js";
import { meets } from "../attributes/where.js";
import type { Hit, Id } from "../query.js";
import type { SignatureOptions } from "../signatures.js";
import { type SearchCounts, searchTree } from "./best-first.js";
import { farthestDistance } from "./farthest.js";
import { ObjectList } from "./object-list.js";
import { type PackSource, pack } from "./pack.js";
import type { PackedTree } from "./packed-tree.js";
import { Part } from "./part.js";
import type { PreparedQuery } from "./prepared-query.js";
import { distanceBetween, type ScoredColumns, scoreObject } from "./score.js";
import type { TopK } from "./top-k.js";

/** Principal axes of so many objects serve this many times as many. */
const AXES_SERVE = 8;

/** What all trees of a forest have in common. */
export interface ForestOptions {
  readonly dimensions: number;
  readonly planar: boolean;
  readonly signature: SignatureOptions | undefined;
  readonly spaceWeight: number;
  readonly shared: boolean;
  readonly schema: Schema;
}

/** An object as it is stored: a unit vector or zeros, and its attributes as numbers. */
export interface StoredObject {
  readonly id: number;
  readonly x: number;
  readonly y: number;
  readonly unit: Float32Array;
  readonly values: Float64Array;
}

/**
 * A set of objects that changes: packed trees of growing sizes, and a short list of the newest objects.
 *
 * The logarithmic method (Bentley and Saxe 1980): when the list is full it is packed into a tree, together with the
 * smallest trees while they are at most twice as large as what is packed already. So an object is packed again only
 * O(log n) times, and a search looks into O(log n) trees. Removed objects are marked; a tree that is half empty is packed
 * again. What is packed takes the place of what it was packed from only when it is whole: where memory is short a change
 * fails and leaves everything as it was.
 */
export class Forest {
  readonly options: ForestOptions;
  /** Largest first. */
  parts: readonly Part[] = [];
  recent: ObjectList;
  /** Changes with every change of the objects; packing is none. */
  version = 0;
  readonly #recentLimit: number;

  constructor(options: ForestOptions) {
    this.options = options;
    this.recent = this.#emptyList();
    this.#recentLimit = Math.max(32, Math.min(256, Math.floor(16384 / options.dimensions)));
  }

  get size(): number {
    return this.parts.reduce((sum, part) => sum + part.living, this.recent.count);
  }

  get byteLength(): number {
    return this.parts.reduce((sum, part) => sum + part.byteLength, this.recent.byteLength);
  }

  /** Takes a tree in. */
  adopt(tree: PackedTree): void {
    this.#replace([], new Part(tree));
    this.version++;
  }

  has(id: number): boolean {
    return this.recent.find(id) >= 0 || this.parts.some((part) => part.find(id) >= 0);
  }

  push(object: StoredObject): void {
    const { recent } = this;
    recent.push(object.id, object.x, object.y, object.unit, object.values);
    try {
      if (recent.count >= this.#recentLimit) this.#merge();
    } catch (error) {
      recent.take(recent.count - 1);
      throw error;
    }
    this.version++;
  }

  /** Whether there was such an object. */
  remove(id: number): boolean {
    const i = this.recent.find(id);
    if (i >= 0) {
      this.recent.take(i);
      this.version++;
      return true;
    }
    for (const part of this.parts) {
      const slot = part.find(id);
      if (slot < 0) continue;
      part.bury(slot);
      try {
        if (2 * part.living <= part.tree.count) this.#thin(part);
      } catch (error) {
        part.raise(slot);
        throw error;
      }
      this.version++;
      return true;
    }
    return false;
  }

  /** Puts an object in the place of the one with its id, which there must be. */
  replace(object: StoredObject): void {
    const { version } = this;
    const i = this.recent.find(object.id);
    const old = i >= 0 ? this.recent.read(i) : undefined;
    if (old !== undefined) this.recent.take(i);
    const part = old === undefined ? this.parts.find((each) => each.find(object.id) >= 0) : undefined;
    const slot = part?.find(object.id) ?? -1;
    part?.bury(slot);
    try {
      this.push(object);
    } catch (error) {
      part?.raise(slot);
      if (old !== undefined) this.recent.push(old.id, old.x, old.y, old.unit, old.values);
      throw error;
    }
    this.version = version + 1;
  }

  /** Where an object is: its columns, and its number in them. Undefined where there is none. */
  locate(id: number): { readonly columns: ScoredColumns; readonly i: number } | undefined {
    const i = this.recent.find(id);
    if (i >= 0) return { columns: this.recent, i };
    for (const part of this.parts) {
      const slot = part.find(id);
      if (slot >= 0) return { columns: part.tree, i: slot };
    }
    return undefined;
  }

  /** Packs everything into one tree and returns it. Changes no object. */
  compact(where: string): PackedTree {
    const [only] = this.parts;
    if (this.parts.length === 1 && this.recent.count === 0 && only!.living === only!.tree.count) {
      return only!.tree;
    }
    const packed = this.#pack(where, this.parts, this.recent);
    this.#replace(this.parts, packed);
    this.recent = this.#emptyList();
    return packed.tree;
  }

  /** Packs the list of the newest, and the trees that are small beside it, into one. */
  #merge(): void {
    let gathered = this.recent.count;
    let kept = this.parts.length;
    while (kept > 0 && this.parts[kept - 1]!.living <= 2 * gathered) gathered += this.parts[--kept]!.living;
    const merged = this.parts.slice(kept);
    const packed = this.#pack("GmrTree.insert", merged, this.recent);
    this.#replace(merged, packed);
    this.recent = this.#emptyList();
  }

  /** Packs what is left of a tree. */
  #thin(part: Part): void {
    const packed = part.living > 0 ? this.#pack("GmrTree.remove", [part], undefined) : undefined;
    this.#replace([part], packed);
  }

  #replace(old: readonly Part[], packed: Part | undefined): void {
    const parts = this.parts.filter((part) => !old.includes(part));
    if (packed !== undefined) parts.push(packed);
    this.parts = parts.sort((a, b) => b.living - a.living);
  }

  #emptyList(): ObjectList {
    return new ObjectList(this.options.dimensions, this.options.schema.count);
  }

  search(query: PreparedQuery, top: TopK<Hit<Id>>, counts: SearchCounts): void {
    for (const part of this.parts) searchTree(part, query, top, counts);
    const { recent } = this;
    const { count } = recent;
    counts.objectsScored += count;
    for (let i = 0; i < count; i++) {
      if (!query.predicates.every((each) => meets(each, recent.attribute(i, each.attribute)))) continue;
      const hit = scoreObject(query, this.options.planar, recent, i, top.threshold);
      if (hit === undefined) continue;
      if (query.filter === undefined || query.filter(hit.id)) top.offer(hit);
    }
  }

  /** δmax: the largest distance from a position to any object; 0 without objects. */
  farthest(x: number, y: number): number {
    const { positions } = this.recent;
    let farthest = 0;
    for (let i = 0; i < positions.length; i += 2) {
      farthest = Math.max(
        farthest,
        distanceBetween(this.options.planar, x, y, positions[i]!, positions[i + 1]!),
      );
    }
    for (const part of this.parts) farthest = farthestDistance(part, x, y, farthest);
    return farthest;
  }

  #pack(where: string, parts: readonly Part[], recent: ObjectList | undefined): Part {
    const { schema } = this.options;
    const source = gather(this.options.dimensions, schema.count, parts, recent);
    // The axes of a tree that is not much smaller serve as well, and finding them costs more than packing.
    const alike = this.parts.find(
      ({ tree }) => tree.axes.length > 0 && AXES_SERVE * tree.count >= source.count,
    );
    const axes = alike?.tree.axes;
    return new Part(pack(where, source, { ...this.options, axes, onObjects: () => {} }));
  }
}

/** The living objects of some trees and a list, as one source. */
function gather(
  dimensions: number,
  attributes: number,
  parts: readonly Part[],
  recent: ObjectList | undefined,
): PackSource {
  const listed = recent?.count ?? 0;
  const count = parts.reduce((sum, part) => sum + part.living, listed);
  const positions = new Float64Array(2 * count);
  const ids = new Uint32Array(count);
  /** Which part an object is in, or parts.length for the list, and where there. */
  const owners = new Uint8Array(count);
  const slots = new Uint32Array(count);
  let i = 0;
  parts.forEach((part, owner) => {
    for (let slot = 0; slot < part.tree.count; slot++) {
      if (!part.isAlive(slot)) continue;
      positions.set(part.tree.positions.subarray(2 * slot, 2 * slot + 2), 2 * i);
      ids[i] = part.tree.ids[slot]!;
      owners[i] = owner;
      slots[i++] = slot;
    }
  });
  if (recent !== undefined) {
    positions.set(recent.positions, 2 * i);
    ids.set(recent.ids, i);
    for (let r = 0; r < listed; r++) slots[i + r] = r;
    owners.fill(parts.length, i);
  }
  return {
    count,
    dimensions,
    positions,
    ids,
    attributes,
    attribute: (object, a) => (parts[owners[object]!]?.tree ?? recent!).attribute(slots[object]!, a),
    writeUnit: (object, target, to) => {
      const part = parts[owners[object]!];
      const slot = slots[object]!;
      if (part === undefined) recent!.writeUnit(slot, target, to);
      else {
        const { vectors } = part.tree;
        const from = part.tree.vectorOffset(slot);
        for (let j = 0; j < dimensions; j++) target[to + j] = vectors[from + j]!;
      }
    },
  };
}

import type { PreparedQuery } from "../query.js";
import type { SignatureOptions } from "../signatures.js";
import { type SearchCounts, searchTree } from "./best-first.js";
import { farthestDistance } from "./farthest.js";
import { ObjectList } from "./object-list.js";
import { type PackSource, pack } from "./pack.js";
import type { PackedTree } from "./packed-tree.js";
import { Part } from "./part.js";
import { distanceBetween, scoreObject } from "./score.js";
import type { TopK } from "./top-k.js";

/** What all trees of a forest have in common. */
export interface ForestOptions {
  readonly dimensions: number;
  readonly planar: boolean;
  readonly signature: SignatureOptions | undefined;
  readonly spaceWeight: number;
  readonly shared: boolean;
}

/**
 * A set of objects that changes: packed trees of growing sizes, and a short list of the newest objects.
 *
 * The logarithmic method (Bentley and Saxe 1980): when the list is full it is packed into a tree, together with the
 * smallest trees while they are at most twice as large as what is packed already. So an object is packed again only
 * O(log n) times, and a search looks into O(log n) trees. Removed objects are marked; a tree that is half empty is packed
 * again.
 */
export class Forest {
  readonly options: ForestOptions;
  /** Largest first. */
  readonly parts: Part[] = [];
  recent: ObjectList;
  /** Changes with every change of the objects. */
  version = 0;
  readonly #recentLimit: number;

  constructor(options: ForestOptions) {
    this.options = options;
    this.recent = new ObjectList(options.dimensions);
    this.#recentLimit = Math.max(32, Math.min(256, Math.floor(16384 / options.dimensions)));
  }

  get size(): number {
    return this.parts.reduce((sum, part) => sum + part.living, this.recent.count);
  }

  adopt(tree: PackedTree): void {
    this.parts.push(new Part(tree));
    this.parts.sort((a, b) => b.living - a.living);
    this.version++;
  }

  has(id: number): boolean {
    return this.recent.find(id) >= 0 || this.parts.some((part) => part.find(id) >= 0);
  }

  /** @param unit a unit vector, or zeros */
  push(id: number, x: number, y: number, unit: Float32Array): void {
    this.recent.push(id, x, y, unit);
    this.version++;
    if (this.recent.count < this.#recentLimit) return;
    const merged: Part[] = [];
    let gathered = this.recent.count;
    while (this.parts.length > 0 && this.parts.at(-1)!.living <= 2 * gathered) {
      const part = this.parts.pop()!;
      merged.push(part);
      gathered += part.living;
    }
    const recent = this.recent;
    this.recent = new ObjectList(this.options.dimensions);
    this.#packParts("GmrTree.insert", merged, recent);
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
      this.version++;
      if (2 * part.living <= part.tree.count) {
        this.parts.splice(this.parts.indexOf(part), 1);
        if (part.living > 0) this.#packParts("GmrTree.remove", [part], undefined);
      }
      return true;
    }
    return false;
  }

  /** Packs everything into one tree and returns it. */
  compact(where: string): PackedTree {
    const [only] = this.parts;
    if (this.parts.length === 1 && this.recent.count === 0 && only!.living === only!.tree.count) {
      return only!.tree;
    }
    const recent = this.recent;
    this.recent = new ObjectList(this.options.dimensions);
    this.#packParts(where, this.parts.splice(0), recent);
    return this.parts[0]!.tree;
  }

  search(query: PreparedQuery, top: TopK, counts: SearchCounts): void {
    for (const part of this.parts) searchTree(part, query, top, counts);
    const { ids, positions, vectors, dimensions } = this.recent;
    counts.objectsScored += ids.length;
    for (let i = 0; i < ids.length; i++) {
      const hit = scoreObject(
        query,
        this.options.planar,
        ids[i]!,
        positions[2 * i]!,
        positions[2 * i + 1]!,
        vectors,
        i * dimensions,
      );
      if (hit === undefined || hit.score < top.threshold) continue;
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

  #packParts(where: string, parts: readonly Part[], recent: ObjectList | undefined): void {
    const source = gather(this.options.dimensions, parts, recent);
    // The axes of a much larger tree serve a small one as well, and finding them costs more than packing it.
    const largest = this.parts[0];
    const axes = largest !== undefined && largest.living > source.count ? largest.tree.axes : undefined;
    this.adopt(pack(where, source, { ...this.options, axes, onObjects: () => {} }));
  }
}

/** The living objects of some trees and a list, as one source. */
function gather(dimensions: number, parts: readonly Part[], recent: ObjectList | undefined): PackSource {
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

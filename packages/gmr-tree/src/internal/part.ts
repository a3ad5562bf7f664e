import type { LivingTree } from "./best-first.js";
import { IdIndex } from "./id-index.js";
import type { PackedTree } from "./packed-tree.js";
import { SpaceIndex } from "./space-index.js";

/** One packed tree of a {@link Forest}, some of whose objects may be gone. */
export class Part implements LivingTree {
  readonly tree: PackedTree;
  /** Objects that are still there. */
  living: number;
  #dead: Uint8Array | undefined;
  #index: IdIndex | undefined;
  #spaceIndex: SpaceIndex | undefined;

  constructor(tree: PackedTree) {
    this.tree = tree;
    this.living = tree.count;
  }

  get dead(): Uint8Array | undefined {
    return this.#dead;
  }

  /** The slot of a living object, or −1. The first call builds the index. */
  find(id: number): number {
    this.#index ??= new IdIndex(this.tree.ids);
    const slot = this.#index.find(id);
    return slot >= 0 && this.isAlive(slot) ? slot : -1;
  }

  /** The purely spatial index of all objects, gone ones included. The first call builds it. */
  spaceIndex(): SpaceIndex {
    this.#spaceIndex ??= new SpaceIndex(this.tree);
    return this.#spaceIndex;
  }

  isAlive(slot: number): boolean {
    return this.#dead === undefined || this.#dead[slot] === 0;
  }

  bury(slot: number): void {
    this.#dead ??= new Uint8Array(this.tree.count);
    this.#dead[slot] = 1;
    this.living--;
  }

  /** Takes a {@link bury} back. */
  raise(slot: number): void {
    this.#dead![slot] = 0;
    this.living++;
  }

  /** The tree's buffer, and what has been made beside it. */
  get byteLength(): number {
    const beside = (this.#index?.byteLength ?? 0) + (this.#spaceIndex?.byteLength ?? 0);
    return this.tree.storage.buffer.byteLength + (this.#dead?.byteLength ?? 0) + beside;
  }
}

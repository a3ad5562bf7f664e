import type { Forest } from "./forest.js";
import { allocate } from "./kernels.js";
import { PackedTree } from "./packed-tree.js";

/** A forest as one tree in shared memory, for worker threads; made anew after changes. */
export class SharedCopy {
  #tree: PackedTree | undefined;
  #version = -1;

  of(forest: Forest): PackedTree {
    if (this.#tree === undefined || this.#version !== forest.version) {
      this.#tree = shareable(forest.compact("GmrTree.searchMany"), forest.options.shared);
      this.#version = forest.version;
    }
    return this.#tree;
  }
}

function shareable(tree: PackedTree, alreadyShared: boolean): PackedTree {
  if (alreadyShared) return tree;
  const storage = allocate(tree.layout, true);
  const { totalBytes } = tree.layout;
  new Uint8Array(storage.buffer, 0, totalBytes).set(new Uint8Array(tree.storage.buffer, 0, totalBytes));
  return new PackedTree(storage, tree.layout, tree.frame);
}

import type { Forest } from "./forest.js";
import { allocate } from "./kernels.js";
import { PackedTree } from "./packed-tree.js";

const copies = new WeakMap<Forest, { readonly tree: PackedTree; readonly version: number }>();

/** A forest as one tree in shared memory, for worker threads; made anew after changes. */
export function sharedCopy(forest: Forest): PackedTree {
  const known = copies.get(forest);
  if (known?.version === forest.version) return known.tree;
  const packed = forest.compact("GmrTree.searchMany");
  const tree = forest.options.shared ? packed : copyShared(packed);
  copies.set(forest, { tree, version: forest.version });
  return tree;
}

function copyShared(tree: PackedTree): PackedTree {
  const storage = allocate(tree.layout, true);
  const { totalBytes } = tree.layout;
  new Uint8Array(storage.buffer, 0, totalBytes).set(new Uint8Array(tree.storage.buffer, 0, totalBytes));
  return new PackedTree(storage, tree.layout, tree.frame);
}

import type { Forest } from "./forest.js";
import { PackedTree } from "./packed-tree.js";
import type { StringIds } from "./string-ids.js";
import { allocate } from "./wasm-kernels.js";

/** A forest as one tree in shared memory. */
export interface SharedCopy {
  readonly tree: PackedTree;
  /** Where ids are strings: the tree's ids are places in this order of them, for threads that have no strings. */
  readonly names: readonly string[] | undefined;
}

const copies = new WeakMap<Forest, SharedCopy & { readonly version: number }>();

/** A forest as one tree in shared memory, for worker threads; made anew after changes. */
export function sharedCopy(forest: Forest, ids: StringIds | undefined): SharedCopy {
  const known = copies.get(forest);
  if (known?.version === forest.version) return known;
  const packed = forest.compact("GmrTree.searchMany");
  const isOwn = forest.options.shared && ids === undefined;
  const tree = isOwn ? packed : copyShared(packed);
  const ranks = ids?.ranks();
  if (ranks !== undefined) for (let i = 0; i < tree.count; i++) tree.ids[i] = ranks.rankOf[tree.ids[i]!]!;
  const copy = { tree, names: ranks?.sorted, version: forest.version };
  copies.set(forest, copy);
  return copy;
}

function copyShared(tree: PackedTree): PackedTree {
  const storage = allocate(tree.layout, true);
  const { totalBytes } = tree.layout;
  new Uint8Array(storage.buffer, 0, totalBytes).set(new Uint8Array(tree.storage.buffer, 0, totalBytes));
  return new PackedTree(storage, tree.layout, tree.frame);
}

import type { PreparedSettings } from "../query.js";
import type { Storage } from "./kernels.js";
import type { Layout } from "./layout.js";
import type { TreeFrame } from "./packed-tree.js";
import type { ResultColumns } from "./result-columns.js";

/** What is the same for all workers of one batch: checked settings, and every query's place and vector. */
export interface BatchTask {
  readonly settings: PreparedSettings;
  readonly positions: ArrayLike<number>;
  readonly vectors: ArrayLike<number>;
  readonly columns: ResultColumns;
  readonly k: number;
}

/** What a search worker is told: everything in it is shared or plain. */
export interface WorkerTask extends BatchTask, Storage {
  readonly layout: Layout;
  readonly frame: TreeFrame;
  /** Which scratch area of the tree's memory to use, from 1 on. */
  readonly thread: number;
  /** [0]: the next query that nobody has taken; [1]: 1 when all should stop. */
  readonly control: Int32Array;
}

/** What a search worker says: queries done since it last spoke, its end, or an error. */
export interface WorkerReport {
  readonly done: number;
  readonly finished: boolean;
  readonly error?: string;
}

/** Queries that a worker takes at a time. */
export const QUERIES_AT_ONCE = 16;

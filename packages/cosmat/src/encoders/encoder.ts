import type { Matrix } from "@wayweave/numeric";

/** What every encoder takes besides its items. */
export interface EncodeOptions {
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
  readonly signal?: AbortSignal;
}

/**
 * Turns items into vectors, one after the other: texts, or images of whatever kind it reads (files and bytes in Node, pixels in
 * a page).
 */
export interface Encoder<Item> {
  /** What it is, for reports and for a check when an index is loaded. */
  readonly name: string;
  /**
   * @param items at least one
   * @returns `[items, dimensions]`
   */
  encode(items: readonly Item[], options?: EncodeOptions): Promise<Matrix>;
  /** Gives the model's memory back. */
  dispose(): Promise<void>;
}

export type TextEncoder = Encoder<string>;
export type ImageEncoder<Image> = Encoder<Image>;

/** Vectors of batches, joined. */
export function joinRows(parts: readonly Float32Array[], rows: number): Matrix {
  const data = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    data.set(part, at);
    at += part.length;
  }
  return { rows, columns: data.length / rows, data };
}

import type { Matrix } from "@wayweave/numeric";

/** What every encoder takes besides its items. */
export interface EncodeOptions {
  /** Called after every text, or batch of images, with the items that are encoded. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
  /** Stops before the next text or batch of images; the promise then rejects with the signal's reason. */
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

/** Turns texts into vectors. */
export type TextEncoder = Encoder<string>;
/** Turns images into vectors, of the kind that it reads: in Node a path or bytes, in a page what its `read` takes. */
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

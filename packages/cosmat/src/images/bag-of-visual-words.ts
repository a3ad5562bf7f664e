import { checkArray, checkOptions, checkPositiveInteger, Random, ValueError } from "@wayweave/geo-core";
import type { Matrix, Matrix64 } from "@wayweave/numeric";
import { Codebook, type CodebookOptions } from "./codebook.js";
import { DESCRIPTOR_LENGTH, type DenseSiftOptions, denseSift } from "./dense-sift.js";
import { type ImageSource, readGray } from "./pixels.js";

/** How {@link BagOfVisualWords} takes descriptors of images, and how many words it makes of them. */
export interface BagOfVisualWordsOptions {
  /** How closely descriptors are taken. */
  readonly sift?: DenseSiftOptions;
  /** How many words there are, and how they are found; its seed also draws the sample. */
  readonly codebook?: CodebookOptions;
  /** Longer side of an image before descriptors are taken, in pixels. @defaultValue 256 */
  readonly maxSide?: number;
  /** Descriptors that the codebook is fitted to, at most, drawn evenly from the images. @defaultValue 20,000 */
  readonly sample?: number;
}

/** How work on many images reports and stops. */
export interface ImageRunOptions {
  /** Called after every image that is read; the codebook of `fit` is found after the last. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
  /** Stops before the next image, or round of k-means; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * The baselines' image features: dense SIFT, quantised to visual words, as a histogram.
 *
 * @example
 * const words = await BagOfVisualWords.fit(trainingFiles, { codebook: { words: 200 } });
 * const histograms = await words.transform(files);
 */
export class BagOfVisualWords {
  /** The visual words; a histogram has an entry for each. */
  readonly codebook: Codebook;
  readonly #sift: DenseSiftOptions;
  readonly #maxSide: number;

  private constructor(codebook: Codebook, sift: DenseSiftOptions, maxSide: number) {
    this.codebook = codebook;
    this.#sift = sift;
    this.#maxSide = maxSide;
  }

  /**
   * @throws {FormatError} an image that cannot be read; names the file
   * @throws {ValueError} more words than descriptors, or options out of range
   */
  static async fit(
    images: readonly ImageSource[],
    options: BagOfVisualWordsOptions = {},
    run: ImageRunOptions = {},
  ): Promise<BagOfVisualWords> {
    const where = "BagOfVisualWords.fit";
    checkArray(where, "images", images);
    checkOptions(where, options, ["sift", "codebook", "maxSide", "sample"]);
    checkOptions(where, run, ["onProgress", "signal"]);
    const { sift = {}, codebook = {}, maxSide = 256, sample = 20_000 } = options;
    checkPositiveInteger(where, "images.length", images.length);
    checkPositiveInteger(where, "sample", sample);
    const random = new Random(codebook.seed ?? 0).split("descriptors");
    const perImage = Math.ceil(sample / images.length);
    const parts: Float32Array[] = [];
    for (const [i, image] of images.entries()) {
      run.signal?.throwIfAborted();
      const { count, data } = denseSift(await readGray(image, maxSide), sift);
      const order = random.permutation(Math.max(1, count));
      for (const row of order.subarray(0, Math.min(perImage, count))) {
        parts.push(data.slice(row * DESCRIPTOR_LENGTH, (row + 1) * DESCRIPTOR_LENGTH));
      }
      run.onProgress?.({ done: i + 1, total: images.length });
    }
    if (parts.length === 0) {
      throw new ValueError(`${where}: the images must have at least one patch that is not flat, got none`);
    }
    const { signal } = run;
    const fitted = await Codebook.fit(join(parts), {
      ...codebook,
      ...(signal === undefined ? {} : { signal }),
    });
    return new BagOfVisualWords(fitted, sift, maxSide);
  }

  /**
   * Histograms of visual words, `[images, words]`; each row adds up to 1, or is zero for an image without structure.
   *
   * @throws {FormatError} an image that cannot be read; names the file
   */
  async transform(images: readonly ImageSource[], run: ImageRunOptions = {}): Promise<Matrix64> {
    checkOptions("BagOfVisualWords.transform", run, ["onProgress", "signal"]);
    const { words } = this.codebook;
    const result = new Float64Array(images.length * words);
    for (const [i, image] of images.entries()) {
      run.signal?.throwIfAborted();
      const { count, data } = denseSift(await readGray(image, this.#maxSide), this.#sift);
      result.set(this.codebook.histogram({ rows: count, columns: DESCRIPTOR_LENGTH, data }), i * words);
      run.onProgress?.({ done: i + 1, total: images.length });
    }
    return { rows: images.length, columns: words, data: result };
  }
}

function join(parts: readonly Float32Array[]): Matrix {
  const data = new Float32Array(parts.length * DESCRIPTOR_LENGTH);
  parts.forEach((part, i) => {
    data.set(part, i * DESCRIPTOR_LENGTH);
  });
  return { rows: parts.length, columns: DESCRIPTOR_LENGTH, data };
}

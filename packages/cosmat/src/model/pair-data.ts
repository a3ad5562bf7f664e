import { type Matrix, selectRows } from "@wayweave/numeric";
import { checkPairs, type PairNeeds, type PairRows, type Pairs, UNLABELED } from "./pairs.js";

/** Pairs that have been checked, and which rows serve for what. */
export interface PairData {
  readonly images: Matrix;
  readonly texts: Matrix;
  /** {@link UNLABELED} where the class is not known. */
  readonly labels: ArrayLike<number>;
  readonly rows: PairRows;
}

/** Checks pairs as `checkPairs` does. */
export function pairData(where: string, pairs: Pairs, needs: PairNeeds): PairData {
  const rows = checkPairs(where, pairs, needs);
  const labels = pairs.labels ?? new Int32Array(pairs.images.rows).fill(UNLABELED);
  return { images: pairs.images, texts: pairs.texts, labels, rows };
}

/** Some of the pairs, in the given order; the classes keep their numbers. */
export function selectPairs({ images, texts, labels, rows }: PairData, chosen: readonly number[]): PairData {
  const place = new Map(chosen.map((row, i) => [row, i]));
  const placesOf = (list: readonly number[]) =>
    list.flatMap((row) => {
      const at = place.get(row);
      return at === undefined ? [] : [at];
    });
  return {
    images: selectRows(images, chosen),
    texts: selectRows(texts, chosen),
    labels: chosen.map((row) => labels[row]!),
    rows: {
      paired: placesOf(rows.paired),
      images: placesOf(rows.images),
      texts: placesOf(rows.texts),
      labeledImages: placesOf(rows.labeledImages),
      labeledTexts: placesOf(rows.labeledTexts),
      classes: rows.classes,
    },
  };
}

/** The classes of some rows. */
export function labelsAt(labels: ArrayLike<number>, rows: readonly number[]): number[] {
  return rows.map((row) => labels[row]!);
}

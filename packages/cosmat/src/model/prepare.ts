import { type Matrix, selectRows } from "@wayweave/numeric";
import { FeatureMap, type FeatureOptions } from "./feature-map.js";
import { type CheckedPairs, checkPairs, type Pairs } from "./pairs.js";

/** What every system does to the features first. */
export interface PreprocessingOptions {
  readonly images?: FeatureOptions;
  readonly texts?: FeatureOptions;
}

/** Checked pairs with their features mapped; rows without the modality are zeros. */
export interface PreparedPairs {
  readonly rows: CheckedPairs;
  readonly imageMap: FeatureMap;
  readonly textMap: FeatureMap;
  readonly images: Matrix;
  readonly texts: Matrix;
}

/** Checks the pairs, fits each modality's {@link FeatureMap} to the rows that have it, and applies it. */
export function prepare(where: string, pairs: Pairs, options: PreprocessingOptions = {}): PreparedPairs {
  const rows = checkPairs(where, pairs);
  const [imageMap, images] = mapRows(pairs.images, rows.images, options.images);
  const [textMap, texts] = mapRows(pairs.texts, rows.texts, options.texts);
  return { rows, imageMap, textMap, images, texts };
}

function mapRows(
  matrix: Matrix,
  present: readonly number[],
  options: FeatureOptions | undefined,
): [FeatureMap, Matrix] {
  const own = selectRows(matrix, present);
  const map = FeatureMap.fit(own, options);
  const mapped = map.transform(own);
  const { columns } = mapped;
  const data = new Float64Array(matrix.rows * columns);
  present.forEach((row, i) => {
    data.set(mapped.data.subarray(i * columns, (i + 1) * columns), row * columns);
  });
  return [map, { rows: matrix.rows, columns, data }];
}

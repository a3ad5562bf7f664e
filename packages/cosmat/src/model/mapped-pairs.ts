import { type Matrix, selectRows } from "@wayweave/numeric";
import { FeatureMap, type FeatureOptions } from "./feature-map.js";
import type { PairData } from "./pair-data.js";

/** What every system does to the features first. */
export interface PreprocessingOptions {
  /** Of image features. @defaultValue `standardize` or nothing, whichever is better in cross-validation */
  readonly images?: FeatureOptions;
  /** Of text features. @defaultValue as for images */
  readonly texts?: FeatureOptions;
}

/** One modality's features, mapped; rows without the modality are zeros. */
export interface MappedFeatures {
  readonly map: FeatureMap;
  readonly features: Matrix;
}

/** Fits a modality's {@link FeatureMap} to the rows that have it, and applies it. */
export function mapImages({ images, rows }: PairData, options: FeatureOptions): MappedFeatures {
  return mapRows(images, rows.images, options);
}

/** As {@link mapImages}. */
export function mapTexts({ texts, rows }: PairData, options: FeatureOptions): MappedFeatures {
  return mapRows(texts, rows.texts, options);
}

function mapRows(matrix: Matrix, present: readonly number[], options: FeatureOptions): MappedFeatures {
  const own = selectRows(matrix, present);
  const map = FeatureMap.fit(own, options);
  const mapped = map.transform(own);
  const { columns } = mapped;
  const data = new Float64Array(matrix.rows * columns);
  present.forEach((row, i) => {
    data.set(mapped.data.subarray(i * columns, (i + 1) * columns), row * columns);
  });
  return { map, features: { rows: matrix.rows, columns, data } };
}

import { checkOptions } from "../../foundation/check-options.js";
import type { StreamOptions } from "../../reading/options.js";
import type { Format } from "../../reading/run.js";
import type { TrajectoryBatch } from "../../reading/stream.js";
import { readRowGroups } from "./parquet-file.js";
import {
  checkParquetOptions,
  PARQUET_OPTION_NAMES,
  type ParquetOptions,
  type ParquetValue,
} from "./parquet-options.js";
import { ParquetRowReader } from "./parquet-rows.js";

/** Part of a Parquet data set. */
export interface ParquetBatch extends TrajectoryBatch {
  /** The columns named in `attributes`, `[trajectories]`. */
  readonly attributes: readonly Readonly<Record<string, ParquetValue>>[];
}

export function parquetFormat(
  where: string,
  options: StreamOptions & ParquetOptions,
): Format<Record<string, ParquetValue>, ParquetBatch> {
  checkOptions(where, options, PARQUET_OPTION_NAMES);
  checkParquetOptions(where, options);
  return {
    where,
    coordinateSystem: options.coordinateSystem ?? "lonlat",
    accepts: (name) => /\.(geo)?parquet$/i.test(name),
    read: (file, reading) =>
      readRowGroups(
        file,
        reading,
        new ParquetRowReader(where, file.label, reading.collector, reading.crs, options),
      ),
    toBatch: ({ trajectories, attributes }) => ({ trajectories, attributes }),
  };
}

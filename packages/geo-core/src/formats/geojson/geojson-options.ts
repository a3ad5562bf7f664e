import type { OptionName } from "../../foundation/check-options.js";
import { ValueError } from "../../foundation/errors.js";
import { checkOneOf } from "../../foundation/validate.js";
import {
  type CrsOptions,
  checkTimeFormatOptions,
  type StreamOptions,
  TIME_FORMAT_OPTION_NAMES,
  type TimeFormatOptions,
  type TimeOptions,
  TRACK_OPTION_NAMES,
} from "../../reading/options.js";

/** Where a feature keeps its times. */
export type GeoJsonTimes =
  | "auto"
  | "coordTimes"
  | "fourthCoordinate"
  | "none"
  | { readonly property: string };

/** How GeoJSON is read. */
export interface GeoJsonReadOptions extends TimeOptions, TimeFormatOptions, CrsOptions {
  /**
   * Where times are.
   *
   * `"auto"`: a property `coordTimes`, `coordinateProperties.times`, `times`, `timesMs` or `timestamps` that holds an
   * array, whichever comes first; else the 4th coordinate; else none. `"coordTimes"` and `"fourthCoordinate"` require
   * that form, `{ property }` a parallel array of that name, `"none"` ignores all.
   * @defaultValue "auto"
   */
  readonly timesFrom?: GeoJsonTimes;
  /**
   * What to do with a geometry that holds no line (polygons, none, points that are not of a trajectory). `"skip"` counts
   * them.
   * @defaultValue "error"
   */
  readonly otherGeometries?: "error" | "skip";
  /** `"planar"` reads x and y as they are, in any range. @defaultValue "lonlat" */
  readonly coordinateSystem?: "lonlat" | "planar";
  /** The property that names the trajectory of a feature, instead of its id; of points, what those of one share. */
  readonly idProperty?: string;
  /** The property that holds a point's time, where features are points. */
  readonly timeProperty?: string;
}

export const GEOJSON_OPTION_NAMES: readonly OptionName<StreamOptions & GeoJsonReadOptions>[] = [
  ...TRACK_OPTION_NAMES,
  ...TIME_FORMAT_OPTION_NAMES,
  "timesFrom",
  "otherGeometries",
  "coordinateSystem",
  "idProperty",
  "timeProperty",
];

export function checkGeoJsonOptions(where: string, options: GeoJsonReadOptions): void {
  const { timesFrom = "auto", otherGeometries = "error", coordinateSystem = "lonlat" } = options;
  checkTimeFormatOptions(where, options);
  if (typeof timesFrom === "string") {
    checkOneOf(where, "timesFrom", timesFrom, ["auto", "coordTimes", "fourthCoordinate", "none"]);
  } else if (typeof timesFrom?.property !== "string") {
    throw new ValueError(
      `${where}: timesFrom must be a name or { property }, got ${JSON.stringify(timesFrom)}`,
    );
  }
  checkOneOf(where, "otherGeometries", otherGeometries, ["error", "skip"]);
  checkOneOf(where, "coordinateSystem", coordinateSystem, ["lonlat", "planar"]);
}

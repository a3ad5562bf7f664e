import type { AttributeValue, GeoJsonProperties } from "@wayweave/geo-core/node";
import type { Format } from "./files.js";

/** What of the input's attributes can be written, and what cannot. */
export interface CarriedOver {
  /** A value a trajectory. */
  readonly attributes: Readonly<Record<string, readonly AttributeValue[]>>;
  /** Names of the others. */
  readonly leftOut: readonly string[];
}

/** The columns that the command writes itself. */
const OWN = ["cluster", "confidence"];

/** The columns that the writers keep for ids, positions and times. */
const TAKEN: Readonly<Record<Format, readonly string[]>> = {
  geojson: ["coordTimes"],
  geojsonl: ["coordTimes"],
  csv: ["id", "lon", "lat", "x", "y", "time"],
  parquet: ["id", "geometry", "bbox", "times"],
};

/** Properties in which GeoJSON keeps times, which are read and written as such. */
const TIMES = ["coordTimes", "coordinateProperties", "times", "timesMs", "timestamps"];

/**
 * The properties of GeoJSON features as columns: those that hold text, finite numbers or booleans, one kind of them, and whose
 * name the output does not need itself.
 *
 * @param properties `[trajectories]`
 */
export function carryOver(
  properties: readonly GeoJsonProperties[],
  format: Format,
  hasTimes: boolean,
): CarriedOver {
  const attributes: Record<string, readonly AttributeValue[]> = {};
  const leftOut: string[] = [];
  for (const name of new Set(properties.flatMap((each) => Object.keys(each ?? {})))) {
    if (hasTimes && TIMES.includes(name)) continue;
    const values = properties.map((each) => each?.[name] ?? null);
    if (isColumn(values) && ![...OWN, ...TAKEN[format]].includes(name)) attributes[name] = values;
    else leftOut.push(name);
  }
  return { attributes, leftOut };
}

/** Whether values are text, finite numbers or booleans, one kind of them, or null. */
function isColumn(values: readonly unknown[]): values is readonly AttributeValue[] {
  const there = values.filter((value) => value !== null);
  const kinds = new Set(there.map((value) => typeof value));
  return (
    kinds.size <= 1 &&
    there.every((value) => ["string", "boolean"].includes(typeof value) || Number.isFinite(value))
  );
}

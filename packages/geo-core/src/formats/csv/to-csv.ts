import { checkOptions } from "../../foundation/check-options.js";
import { ValueError } from "../../foundation/errors.js";
import { isFloat64Array } from "../../foundation/realms.js";
import { checkOneOf } from "../../foundation/validate.js";
import { hasIsoForm, toIsoTime } from "../../reading/iso-time.js";
import { isWellFormed } from "../../trajectories/check-columns.js";
import { checkSet } from "../../trajectories/check-set.js";
import type { ColumnValue, PointColumn } from "../../trajectories/columns.js";
import { isUsualDate } from "../../trajectories/times.js";
import type { TrajectorySet } from "../../trajectories/trajectory-set.js";
import {
  type AttributeValue,
  checkPointRows,
  columnsToMark,
  isConstantByTrajectory,
  withAttributes,
} from "../../writing/attributes.js";
import { kindOf, namesOfTable, type TableNames, valueAt } from "../../writing/further-columns.js";
import { jsonText } from "../../writing/json-text.js";
import { JSON_SUFFIX, LIST_SUFFIX, TIME_COLUMN, TIMES_COLUMN } from "../column-marks.js";
import { cellValue } from "./csv-columns.js";
import { looksLikeData } from "./csv-dialect.js";

/** How {@link toCsv} writes. */
export interface CsvTextOptions {
  /**
   * `points`: `id,lon,lat,time` (planar: `id,x,y,time`), a row a point. `trajectories`: `id,polyline,times`, a row a
   * trajectory, the polyline as WKT, and lists with a value a point as JSON arrays. Where a further column's name says the same as
   * one of these, as `vehicle` does, these are `trajectory_id`, `longitude`, `latitude`, `timestamp` and `geometry`.
   *
   * @defaultValue "points" where a reader gets the same set back from it, else "trajectories"
   */
  readonly layout?: "points" | "trajectories";
  /**
   * Dates that readers do not believe without `timeRange`, and numbers whose unit the column's name does not say, need an
   * option there.
   *
   * @defaultValue "iso" for dates from 1970 to 2100, else "milliseconds" in a column `time (ms, any date)`
   */
  readonly timeFormat?: "iso" | "seconds" | "milliseconds";
  /** Named columns to write beside the set's own, such as labels: a value a trajectory. */
  readonly attributes?: Readonly<Record<string, ArrayLike<AttributeValue>>>;
}

/**
 * A set as CSV (RFC 4180, line feeds) with a header; readers give the same set back. Properties and point columns are
 * further columns; those whose names or values CSV cannot tell from others are JSON, and their names end in `{}`.
 *
 * @throws {ValueError} with `layout: "points"`: an empty trajectory, an id twice, or properties where no trajectory has
 *   two points; with `timeFormat: "iso"`: a year of more than four digits; an attribute's value; a line break in an id or a
 *   column's name
 * @throws {ShapeError} an attribute of the wrong length
 */
export function toCsv(set: TrajectorySet, options: CsvTextOptions = {}): string {
  checkSet("toCsv", set);
  checkOptions("toCsv", options, ["layout", "timeFormat", "attributes"]);
  return [...csvLines("toCsv", set, options)].join("");
}

/** The lines of {@link toCsv}; checked before the first. */
export function csvLines(
  where: string,
  given: TrajectorySet,
  options: CsvTextOptions,
): Generator<string, void> {
  const { timeFormat } = options;
  if (options.layout !== undefined) checkOneOf(where, "layout", options.layout, ["points", "trajectories"]);
  if (timeFormat !== undefined)
    checkOneOf(where, "timeFormat", timeFormat, ["iso", "seconds", "milliseconds"]);
  const [x, y] = given.coordinateSystem === "lonlat" ? ["lon", "lat"] : ["x", "y"];
  const taken = options.layout === "trajectories" ? ["id", "polyline", "times"] : ["id", x!, y!, "time"];
  const set = withAttributes(where, given, options.attributes, taken);
  checkLineBreaks(where, set);
  const layout = options.layout ?? (isPointLayoutFaithful(set) ? "points" : "trajectories");
  if (layout === "points") checkPointRows(where, set);
  const time = timeWriter(where, set, timeFormat);
  return layout === "points" ? pointLines(set, [x!, y!], time) : trajectoryLines(set, time);
}

/** Checks ids and names: a record is a line where readers are not told otherwise. */
function checkLineBreaks(where: string, { ids = [], pointColumns, properties }: TrajectorySet): void {
  const index = ids.findIndex((id) => LINE_BREAK.test(id));
  if (index !== -1) {
    throw new ValueError(
      `${where}: ids[${index}] must not hold line breaks to be CSV (GeoJSON, GPX and Parquet hold them), got ${JSON.stringify(ids[index])}`,
    );
  }
  for (const name of [...Object.keys(pointColumns), ...Object.keys(properties)]) {
    if (!LINE_BREAK.test(name)) continue;
    throw new ValueError(
      `${where}: a column's name must not hold line breaks to be CSV (GeoJSON, GPX and Parquet hold them), got ${JSON.stringify(name)}`,
    );
  }
}

const LINE_BREAK = /[\r\n]/;

/** Whether rows of points say all that the set holds; see the readers' rule for columns that are constant. */
function isPointLayoutFaithful(set: TrajectorySet): boolean {
  const ids = new Set<string>();
  let tells = false;
  for (let i = 0; i < set.length; i++) {
    const count = set.pointCountOf(i);
    const id = set.ids?.[i] ?? String(i);
    if (count === 0 || ids.has(id)) return false;
    ids.add(id);
    if (count > 1) tells = true;
  }
  if (!tells) return Object.keys(set.properties).length === 0;
  return Object.values(set.pointColumns).every((column) => !isConstantByTrajectory(set, column));
}

interface TimeWriter {
  /** Whether the column's name must say that the numbers are milliseconds. */
  readonly isNamed: boolean;
  readonly isText: boolean;
  /** NaN is an empty field. */
  text(timeMs: number): string;
}

function timeWriter(
  where: string,
  { timesMs }: TrajectorySet,
  given: CsvTextOptions["timeFormat"],
): TimeWriter {
  const hasIso = timesMs === undefined || timesMs.every((time) => Number.isNaN(time) || hasIsoForm(time));
  const isUsual = timesMs === undefined || timesMs.every((time) => Number.isNaN(time) || isUsualDate(time));
  if (given === "iso" && !hasIso) {
    throw new ValueError(
      `${where}: a time must have a year of four digits to be ISO 8601 (else timeFormat: "milliseconds")`,
    );
  }
  const format = given ?? (hasIso && isUsual ? "iso" : "milliseconds");
  const write =
    format === "iso" ? toIsoTime : format === "seconds" ? (t: number) => String(t / 1000) : String;
  return {
    isNamed: given === undefined && format === "milliseconds",
    isText: format === "iso",
    text: (timeMs) => (Number.isNaN(timeMs) ? "" : write(timeMs)),
  };
}

/** A further column with its name in the header. */
interface Written {
  readonly header: string;
  readonly text: (index: number) => string;
}

function* pointLines(
  set: TrajectorySet,
  [x, y]: readonly [string, string],
  time: TimeWriter,
): Generator<string, void> {
  const { timesMs } = set;
  const { own, marked } = namesOf(
    ["id", x, y, ...(timesMs === undefined ? [] : [time.isNamed ? TIME_COLUMN : "time"])],
    [...Object.keys(set.pointColumns), ...Object.keys(set.properties)],
    ({ geometry: _, times: __, ...roles }) => roles,
  );
  const lists = columnsToMark(set);
  const byPoint = Object.entries(set.pointColumns).map(([name, column]) =>
    lists.has(name) ? writtenJson(name + LIST_SUFFIX, column) : written(name, column, marked),
  );
  const byTrajectory = Object.entries(set.properties).map(([name, column]) => written(name, column, marked));
  yield row([
    ...Object.values(own).map(quotedText),
    ...byPoint.map(({ header }) => header),
    ...byTrajectory.map(({ header }) => header),
  ]);
  for (let i = 0; i < set.length; i++) {
    const { id, coordinates } = set.at(i);
    const start = set.offsets[i]!;
    const head = quotedText(id);
    const tail = byTrajectory.map(({ text }) => text(i));
    for (let k = 0; 2 * k < coordinates.length; k++) {
      const fields = [head, String(coordinates[2 * k]), String(coordinates[2 * k + 1])];
      if (timesMs !== undefined) fields.push(time.text(timesMs[start + k]!));
      for (const { text } of byPoint) fields.push(text(start + k));
      yield row([...fields, ...tail]);
    }
  }
}

function* trajectoryLines(set: TrajectorySet, time: TimeWriter): Generator<string, void> {
  const hasTimes = set.timesMs !== undefined;
  const { own, marked } = namesOf(
    ["id", "polyline", ...(hasTimes ? [time.isNamed ? TIMES_COLUMN : "times"] : [])],
    Object.keys(set.properties),
    // Longitude and latitude together would make points of the rows.
    ({ x, y, geometry, id, times }) => [x !== undefined && y !== undefined, geometry, id, times],
  );
  const properties = Object.entries(set.properties).map(([name, column]) => written(name, column, marked));
  const lists = Object.keys(set.pointColumns);
  yield row([
    ...Object.values(own).map(quotedText),
    ...lists.map((name) => quotedText(`${name}${LIST_SUFFIX}`)),
    ...properties.map(({ header }) => header),
  ]);
  for (let i = 0; i < set.length; i++) {
    const { id, coordinates, timesMs } = set.at(i);
    const fields = [quotedText(id), quotedText(wktOf(coordinates))];
    if (timesMs !== undefined) fields.push(quotedText(timesText(timesMs, time)));
    const columns = set.pointColumnsOf(i);
    for (const name of lists) fields.push(quotedText(listText(columns[name]!)));
    yield row([...fields, ...properties.map(({ text }) => text(i))]);
  }
}

function written(name: string, column: PointColumn, marked: ReadonlySet<string>): Written {
  if (marked.has(name) || kindOf(column) === "mixed" || needsEscapes(column))
    return writtenJson(name + JSON_SUFFIX, column);
  return { header: quotedText(name), text: (index) => fieldText(valueAt(column, index)) };
}

function writtenJson(header: string, column: PointColumn): Written {
  return {
    header: quotedText(header),
    text: (index) => {
      const value = valueAt(column, index);
      return value === null ? "" : quotedText(jsonText(value));
    },
  };
}

/** The names of all columns; also those that would hide that the header is one are marked. */
function namesOf(
  own: readonly string[],
  names: readonly string[],
  rolesRead: Parameters<typeof namesOfTable>[2],
): TableNames {
  const table = namesOfTable(own, names, rolesRead);
  return { ...table, marked: new Set([...table.marked, ...names.filter(looksLikeData)]) };
}

/** Whether text has characters that a line of UTF-8 cannot hold. */
function needsEscapes(column: PointColumn): boolean {
  return (
    !isFloat64Array(column) &&
    column.some((value) => typeof value === "string" && (LINE_BREAK.test(value) || !isWellFormed(value)))
  );
}

function timesText(timesMs: Float64Array, time: TimeWriter): string {
  if (timesMs.every(Number.isNaN)) return timesMs.length === 0 ? "[]" : "";
  const texts = Array.from(timesMs, (timeMs) => {
    if (Number.isNaN(timeMs)) return "null";
    return time.isText ? `"${time.text(timeMs)}"` : time.text(timeMs);
  });
  return `[${texts.join(",")}]`;
}

function listText(column: PointColumn): string {
  return `[${Array.from({ length: column.length }, (_, i) => jsonText(valueAt(column, i))).join(",")}]`;
}

function wktOf(coordinates: Float64Array): string {
  if (coordinates.length === 0) return "LINESTRING EMPTY";
  const positions: string[] = [];
  for (let k = 0; k < coordinates.length; k += 2) positions.push(`${coordinates[k]} ${coordinates[k + 1]}`);
  // A line has two points or more; WKT has none of one.
  return positions.length === 1 ? `MULTIPOINT (${positions[0]})` : `LINESTRING (${positions.join(", ")})`;
}

/** Null is an empty field; text that would be read as something else stands in quotes. */
function fieldText(value: ColumnValue): string {
  if (value === null) return "";
  if (typeof value !== "string") return String(value);
  const isPlain =
    value !== "" &&
    value === value.trim() &&
    cellValue({ values: [value], quoted: undefined }, 0, false) === value;
  return isPlain ? quotedText(value) : `"${value.replaceAll('"', '""')}"`;
}

function quotedText(text: string): string {
  return /[",\r\n#]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function row(fields: readonly string[]): string {
  return `${fields.join(",")}\n`;
}

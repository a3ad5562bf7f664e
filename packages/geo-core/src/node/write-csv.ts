import { ValueError } from "../foundation/errors.js";
import { checkOneOf } from "../foundation/validate.js";
import type { TrajectorySet } from "../trajectories/trajectory-set.js";
import { writeTextAtomically } from "./internal/atomic-text.js";
import { TIME_FORMATS, type TimeFormat } from "./internal/times.js";
import { type AttributeValue, checkAttributes, checkPointRows, type WriteOptions } from "./writing.js";

/** How {@link writeCsv} writes. */
export interface CsvWriteOptions extends WriteOptions {
  /**
   * `points`: `id,lon,lat,time` (planar: `id,x,y,time`), a row a point. `trajectories`: `id,polyline,times`, a row a
   * trajectory, the polyline as WKT and the times as a JSON array.
   *
   * @defaultValue "points"
   */
  readonly layout?: "points" | "trajectories";
  /** @defaultValue "iso" */
  readonly timeFormat?: TimeFormat;
}

/**
 * Writes CSV (RFC 4180, line feeds) with a header; {@link readCsv} reads it back equal. Attributes are further columns,
 * repeated at every point where rows are points. Gzipped if `path` ends in `.gz`. The file appears whole or not at all.
 *
 * @throws {ValueError} where rows are points: an empty trajectory, or an id twice; a time that ISO 8601 to the
 *   millisecond cannot hold with `timeFormat: "iso"`, an attribute's value
 * @throws {ShapeError} an attribute of the wrong length
 */
export async function writeCsv(
  path: string,
  trajectories: TrajectorySet,
  options: CsvWriteOptions = {},
): Promise<void> {
  const { layout = "points", timeFormat = "iso", attributes = {} } = options;
  checkOneOf("writeCsv", "layout", layout, ["points", "trajectories"]);
  checkOneOf("writeCsv", "timeFormat", timeFormat, TIME_FORMATS);
  const [x, y] = trajectories.coordinateSystem === "lonlat" ? ["lon", "lat"] : ["x", "y"];
  const hasTimes = trajectories.timesMs !== undefined;
  const own = layout === "points" ? ["id", x!, y!, "time"] : ["id", "polyline", "times"];
  checkAttributes("writeCsv", trajectories, attributes, own);
  if (layout === "points") checkPointRows("writeCsv", trajectories);
  const header = [...(hasTimes ? own : own.slice(0, -1)), ...Object.keys(attributes)];
  const rows = layout === "points" ? pointRows : trajectoryRows;
  const text = lines(header, rows(trajectories, timeFormat, Object.values(attributes)));
  await writeTextAtomically(path, text, options.signal);
}

function* lines(header: readonly string[], rows: Iterable<string>): Generator<string, void> {
  yield `${header.map(quotedField).join(",")}\n`;
  for (const row of rows) yield `${row}\n`;
}

function* pointRows(
  set: TrajectorySet,
  timeFormat: TimeFormat,
  attributes: readonly ArrayLike<AttributeValue>[],
): Generator<string, void> {
  for (let i = 0; i < set.length; i++) {
    const { id, coordinates, timesMs } = set.at(i);
    const head = quotedField(id);
    const tail = attributes.map((column) => `,${quotedField(column[i]!)}`).join("");
    for (let k = 0; 2 * k < coordinates.length; k++) {
      const time = timesMs === undefined ? "" : `,${timeText(timesMs[k]!, timeFormat)}`;
      yield `${head},${coordinates[2 * k]},${coordinates[2 * k + 1]}${time}${tail}`;
    }
  }
}

function* trajectoryRows(
  set: TrajectorySet,
  timeFormat: TimeFormat,
  attributes: readonly ArrayLike<AttributeValue>[],
): Generator<string, void> {
  for (let i = 0; i < set.length; i++) {
    const { id, coordinates, timesMs } = set.at(i);
    const positions: string[] = [];
    for (let k = 0; 2 * k < coordinates.length; k++) {
      positions.push(`${coordinates[2 * k]} ${coordinates[2 * k + 1]}`);
    }
    const polyline = positions.length === 0 ? "LINESTRING EMPTY" : `LINESTRING (${positions.join(", ")})`;
    const fields: AttributeValue[] = [id, polyline];
    if (timesMs !== undefined) {
      const times = Array.from(timesMs, (time) => timeText(time, timeFormat));
      fields.push(timeFormat === "iso" ? JSON.stringify(times) : `[${times.join(",")}]`);
    }
    for (const column of attributes) fields.push(column[i]!);
    yield fields.map(quotedField).join(",");
  }
}

function timeText(timeMs: number, format: TimeFormat): string {
  if (format === "milliseconds") return String(timeMs);
  if (format === "seconds") return String(timeMs / 1000);
  if (!Number.isInteger(timeMs) || Math.abs(timeMs) > 8.64e15) {
    throw new ValueError(
      `writeCsv: a time must be whole milliseconds within ±8.64e15 to be ISO 8601 (else timeFormat: "milliseconds"), got ${timeMs}`,
    );
  }
  return new Date(timeMs).toISOString();
}

/** Null is an empty field. */
function quotedField(value: AttributeValue): string {
  if (value === null) return "";
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

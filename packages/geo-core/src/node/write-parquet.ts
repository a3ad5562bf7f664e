import type { SchemaElement } from "hyparquet";
import { ByteWriter, type ColumnSource, ParquetWriter } from "hyparquet-writer";
import { ValueError } from "../foundation/errors.js";
import { checkOneOf } from "../foundation/validate.js";
import type { TrajectorySet } from "../trajectories/trajectory-set.js";
import { type WriteBytes, writeAtomically } from "./atomic-file.js";
import { toWkbLine } from "./internal/wkb.js";
import { type AttributeValue, checkAttributes, checkPointRows, type WriteOptions } from "./writing.js";

/** How {@link writeParquet} writes. */
export interface ParquetWriteOptions extends WriteOptions {
  /**
   * `trajectories`: GeoParquet 1.1, a row a trajectory: `id`, `geometry` (WKB LineString), `bbox` (its covering) and
   * `times` (a list). `points`: a row a point, `id`, `lon`, `lat` (planar: `x`, `y`) and `time`.
   *
   * @defaultValue "trajectories"
   */
  readonly layout?: "trajectories" | "points";
}

/**
 * Writes Parquet (Snappy); {@link readParquet} reads it back equal. Times are timestamps in milliseconds if all are
 * whole, else doubles. A planar set's GeoParquet has `crs: null`, and is read back with `coordinateSystem: "planar"`.
 * Attributes are further columns: text, doubles or booleans. The file appears whole or not at all.
 *
 * @throws {ValueError} a trajectory of fewer than 2 points in GeoParquet (no LineString); where rows are points: an
 *   empty trajectory, or an id twice; an attribute's value, or one column with values of several kinds
 * @throws {ShapeError} an attribute of the wrong length
 */
export async function writeParquet(
  path: string,
  trajectories: TrajectorySet,
  options: ParquetWriteOptions = {},
): Promise<void> {
  const { layout = "trajectories", attributes = {}, signal } = options;
  checkOneOf("writeParquet", "layout", layout, ["trajectories", "points"]);
  const [x, y] = trajectories.coordinateSystem === "lonlat" ? ["lon", "lat"] : ["x", "y"];
  const own = layout === "points" ? ["id", x!, y!, "time"] : ["id", "geometry", "bbox", "times"];
  checkAttributes("writeParquet", trajectories, attributes, own);
  if (layout === "trajectories") checkLines(trajectories);
  else checkPointRows("writeParquet", trajectories);
  const columns: readonly Column[] = [
    ...(layout === "points" ? pointColumns(trajectories, x!, y!) : trajectoryColumns(trajectories)),
    ...Object.entries(attributes).map(([name, values]) => attributeColumn(name, values)),
  ];
  await writeAtomically(path, async (writeBytes) => {
    const writer = new ParquetWriter({
      writer: new FlushingWriter(writeBytes),
      schema: [rootElement(columns.length), ...columns.flatMap(({ schema }) => schema)],
      createdBy: "@wayweave/geo-core",
      ...(layout === "trajectories"
        ? { kvMetadata: [{ key: "geo", value: geoMetadata(trajectories) }] }
        : {}),
    });
    for (const rows of rowGroups(trajectories, layout)) {
      signal?.throwIfAborted();
      const columnData = columns.map(
        (column): ColumnSource => ({ name: column.name, data: rows.map(column.valueAt) }),
      );
      await writer.write({ columnData, rowGroupSize: rows.length });
    }
    await writer.finish();
  });
}

/** Trajectory `trajectory`, and its point `point` where rows are points. */
interface Row {
  readonly trajectory: number;
  readonly point: number;
}

interface Column {
  readonly name: string;
  /** The column's schema, depth first. */
  readonly schema: readonly SchemaElement[];
  readonly valueAt: (row: Row) => unknown;
}

const GROUP_POINTS = 1 << 17;

function* rowGroups(set: TrajectorySet, layout: "trajectories" | "points"): Generator<Row[], void> {
  let rows: Row[] = [];
  let points = 0;
  for (let trajectory = 0; trajectory < set.length; trajectory++) {
    const start = set.offsets[trajectory]!;
    const end = set.offsets[trajectory + 1]!;
    if (layout === "trajectories") {
      rows.push({ trajectory, point: start });
      points += end - start;
      if (points >= GROUP_POINTS) {
        yield rows;
        rows = [];
        points = 0;
      }
      continue;
    }
    for (let point = start; point < end; point++) {
      rows.push({ trajectory, point });
      if (rows.length < GROUP_POINTS) continue;
      yield rows;
      rows = [];
    }
  }
  if (rows.length > 0) yield rows;
}

function pointColumns(set: TrajectorySet, x: string, y: string): Column[] {
  const columns = [
    idColumn(set),
    doubleColumn(x, ({ point }) => set.coordinates[2 * point]!),
    doubleColumn(y, ({ point }) => set.coordinates[2 * point + 1]!),
  ];
  if (set.timesMs === undefined) return columns;
  const { element, encode } = timeElement("time", set.timesMs);
  const { timesMs } = set;
  return [...columns, { name: "time", schema: [element], valueAt: ({ point }) => encode(timesMs[point]!) }];
}

function trajectoryColumns(set: TrajectorySet): Column[] {
  const geometry: Column = {
    name: "geometry",
    schema: [{ name: "geometry", type: "BYTE_ARRAY", repetition_type: "REQUIRED" }],
    valueAt: ({ trajectory }) => toWkbLine(set.at(trajectory).coordinates),
  };
  const bbox: Column = {
    name: "bbox",
    schema: [
      { name: "bbox", repetition_type: "REQUIRED", num_children: 4 },
      ...["xmin", "ymin", "xmax", "ymax"].map(
        (name): SchemaElement => ({ name, type: "DOUBLE", repetition_type: "REQUIRED" }),
      ),
    ],
    valueAt: ({ trajectory }) => {
      const [xmin, ymin, xmax, ymax] = boundsOf(set.at(trajectory).coordinates);
      return { xmin, ymin, xmax, ymax };
    },
  };
  const columns = [idColumn(set), geometry, bbox];
  if (set.timesMs === undefined) return columns;
  const { element, encode } = timeElement("element", set.timesMs);
  const times: Column = {
    name: "times",
    schema: [
      { name: "times", repetition_type: "REQUIRED", num_children: 1, converted_type: "LIST" },
      { name: "list", repetition_type: "REPEATED", num_children: 1 },
      element,
    ],
    valueAt: ({ trajectory }) => Array.from(set.at(trajectory).timesMs!, encode),
  };
  return [...columns, times];
}

function idColumn(set: TrajectorySet): Column {
  return {
    name: "id",
    schema: [{ name: "id", type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "REQUIRED" }],
    valueAt: ({ trajectory }) => set.ids?.[trajectory] ?? String(trajectory),
  };
}

function doubleColumn(name: string, valueAt: (row: Row) => number): Column {
  return { name, schema: [{ name, type: "DOUBLE", repetition_type: "REQUIRED" }], valueAt };
}

function timeElement(
  name: string,
  timesMs: Float64Array,
): { readonly element: SchemaElement; readonly encode: (timeMs: number) => unknown } {
  const isWhole = timesMs.every((time) => Number.isInteger(time) && Math.abs(time) <= 8.64e15);
  if (!isWhole)
    return { element: { name, type: "DOUBLE", repetition_type: "REQUIRED" }, encode: (time) => time };
  return {
    element: { name, type: "INT64", converted_type: "TIMESTAMP_MILLIS", repetition_type: "REQUIRED" },
    encode: (time) => new Date(time),
  };
}

function attributeColumn(name: string, values: ArrayLike<AttributeValue>): Column {
  const kinds = new Set(Array.from(values, (value) => (value === null ? "null" : typeof value)));
  kinds.delete("null");
  if (kinds.size > 1) {
    const got = [...kinds].sort().join(" and ");
    throw new ValueError(`writeParquet: attributes.${name} must hold one kind of value, got ${got}`);
  }
  const [kind = "string"] = kinds;
  const types: Readonly<Record<string, SchemaElement>> = {
    string: { name, type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" },
    number: { name, type: "DOUBLE", repetition_type: "OPTIONAL" },
    boolean: { name, type: "BOOLEAN", repetition_type: "OPTIONAL" },
  };
  return { name, schema: [types[kind]!], valueAt: ({ trajectory }) => values[trajectory] };
}

function rootElement(columnCount: number): SchemaElement {
  return { name: "root", num_children: columnCount };
}

/** GeoParquet 1.1's `geo` metadata: WGS84 by default, an unknown coordinate system (crs null) for a planar set. */
function geoMetadata(set: TrajectorySet): string {
  const covering = Object.fromEntries(["xmin", "ymin", "xmax", "ymax"].map((name) => [name, ["bbox", name]]));
  const geometry = {
    encoding: "WKB",
    geometry_types: ["LineString"],
    ...(set.coordinateSystem === "planar" ? { crs: null } : {}),
    ...(set.pointCount > 0 ? { bbox: boundsOf(set.coordinates) } : {}),
    covering: { bbox: covering },
  };
  return JSON.stringify({ version: "1.1.0", primary_column: "geometry", columns: { geometry } });
}

/** `[min x, min y, max x, max y]` */
function boundsOf(coordinates: Float64Array): [number, number, number, number] {
  let [minX, minY, maxX, maxY] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < coordinates.length; i += 2) {
    minX = Math.min(minX, coordinates[i]!);
    maxX = Math.max(maxX, coordinates[i]!);
    minY = Math.min(minY, coordinates[i + 1]!);
    maxY = Math.max(maxY, coordinates[i + 1]!);
  }
  return [minX, minY, maxX, maxY];
}

function checkLines(set: TrajectorySet): void {
  for (let i = 0; i < set.length; i++) {
    if (set.pointCountOf(i) >= 2) continue;
    const got = set.pointCountOf(i);
    throw new ValueError(
      `writeParquet: trajectory ${i} must have at least 2 points (or layout: "points"), got ${got}`,
    );
  }
}

/** Hands what a row group wrote to the file, so that memory holds one row group. */
class FlushingWriter extends ByteWriter {
  readonly #writeBytes: WriteBytes;

  constructor(writeBytes: WriteBytes) {
    super();
    this.#writeBytes = writeBytes;
  }

  async flush(): Promise<void> {
    const bytes = this.getBytes().slice();
    this.index = 0;
    await this.#writeBytes(bytes);
  }

  override finish(): Promise<void> {
    return this.flush();
  }
}

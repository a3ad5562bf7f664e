import type { SchemaElement } from "hyparquet";
import { ByteWriter, type ColumnSource, ParquetWriter } from "hyparquet-writer";
import { JSON_SUFFIX, LIST_SUFFIX } from "../formats/column-marks.js";
import { CREATED_BY } from "../formats/parquet/parquet-file.js";
import type { Roles } from "../formats/roles.js";
import { toWkbLine } from "../formats/wkb.js";
import { checkOptions } from "../foundation/check-options.js";
import { isFloat64Array } from "../foundation/realms.js";
import { checkOneOf } from "../foundation/validate.js";
import { isWellFormed } from "../trajectories/check-columns.js";
import { checkSet } from "../trajectories/check-set.js";
import type { PointColumn } from "../trajectories/columns.js";
import type { TrajectorySet } from "../trajectories/trajectory-set.js";
import { checkPointRows, columnsToMark, type WriteOptions, withAttributes } from "../writing/attributes.js";
import { checkFiniteColumns } from "../writing/check-writable.js";
import {
  type ColumnKind,
  elevationsOf,
  hasValues,
  kindOf,
  namesOfTable,
  valueAt,
} from "../writing/further-columns.js";
import { type WriteBytes, writeAtomically } from "./atomic-file.js";

/** How {@link writeParquet} writes. */
export interface ParquetWriteOptions extends WriteOptions {
  /**
   * `trajectories`: GeoParquet 1.1, a row a trajectory: `id`, `geometry` (WKB LineString), `bbox` (its covering) and
   * `times` (a list). `points`: a row a point, `id`, `lon`, `lat` (planar: `x`, `y`) and `time`.
   * Where a further column's name says the same as one of these, as `vehicle` does, they are `trajectory_id`, `longitude`, `latitude` and
   * `timestamp`.
   *
   * @defaultValue "trajectories"
   */
  readonly layout?: "trajectories" | "points";
}

/**
 * Writes Parquet (Snappy); {@link readParquet} reads it back equal. Times are timestamps in milliseconds if all are
 * whole, else doubles. A planar set's GeoParquet has `crs: null`, and is read back with `coordinateSystem: "planar"`.
 * Properties, attributes and point columns are further columns: text, doubles or booleans, lists of them with a value a
 * point, or JSON where values are of several kinds. The file appears whole or not at all.
 *
 * @throws {ValueError} where rows are points: an empty trajectory, an id twice, or properties where no trajectory has two
 *   points; an attribute's value
 * @throws {ShapeError} an attribute of the wrong length
 */
export async function writeParquet(
  path: string,
  trajectories: TrajectorySet,
  options: ParquetWriteOptions = {},
): Promise<void> {
  checkSet("writeParquet", trajectories, "trajectories");
  checkOptions("writeParquet", options, ["layout", "attributes", "signal"]);
  const { layout = "trajectories", attributes, signal } = options;
  checkOneOf("writeParquet", "layout", layout, ["trajectories", "points"]);
  const [x, y] = trajectories.coordinateSystem === "lonlat" ? ["lon", "lat"] : ["x", "y"];
  const own = layout === "points" ? ["id", x!, y!, "time"] : ["id", "geometry", "bbox", "times"];
  const set = withAttributes("writeParquet", trajectories, attributes, own);
  if (layout === "points") checkPointRows("writeParquet", set);
  const written = own.filter((name) => set.timesMs !== undefined || (name !== "time" && name !== "times"));
  const further = [...Object.keys(set.properties), ...Object.keys(set.pointColumns)];
  const { own: names, marked } = namesOfTable(written, further, (roles) => rolesRead(roles, layout));
  const lists: ReadonlySet<string> = layout === "points" ? columnsToMark(set) : new Set();
  checkJsonColumns(set, new Set([...marked, ...lists]));
  const columns: readonly Column[] = [
    ...(layout === "points"
      ? pointColumns(set, [x!, y!], names, marked, lists)
      : trajectoryColumns(set, names, marked)),
    ...Object.entries(set.properties).map(([name, values]) =>
      furtherColumn(name, values, marked.has(name), ({ trajectory }) => trajectory),
    ),
  ];
  await writeAtomically(path, async (writeBytes) => {
    const writer = new ParquetWriter({
      writer: new FlushingWriter(writeBytes),
      schema: [rootElement(columns.length), ...columns.flatMap(({ schema }) => schema)],
      createdBy: CREATED_BY,
      ...(layout === "trajectories" ? { kvMetadata: [{ key: "geo", value: geoMetadata(set) }] } : {}),
    });
    for (const rows of rowGroups(set, layout)) {
      signal?.throwIfAborted();
      const columnData = columns.map(
        (column): ColumnSource => ({ name: column.name, data: rows.map(column.valueAt) }),
      );
      await writer.write({ columnData, rowGroupSize: rows.length });
    }
    await writer.finish();
  });
}

type Names = Readonly<Record<string, string>>;

/** What the reader takes a file's columns for. */
function rolesRead(roles: Roles, layout: "trajectories" | "points"): unknown {
  const { x, y, xDirection, yDirection, id, time, times } = roles;
  return layout === "points" ? [x, y, xDirection, yDirection, id, time] : [id, time, times];
}

/** Columns with our mark are JSON. */
function checkJsonColumns({ pointColumns, properties }: TrajectorySet, marked: ReadonlySet<string>): void {
  for (const [kind, columns] of [
    ["pointColumns", pointColumns],
    ["properties", properties],
  ] as const) {
    const json = Object.fromEntries(Object.entries(columns).filter(([name]) => marked.has(name)));
    checkFiniteColumns("writeParquet", "JSON", kind, json);
  }
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

function pointColumns(
  set: TrajectorySet,
  [x, y]: readonly [string, string],
  names: Names,
  marked: ReadonlySet<string>,
  lists: ReadonlySet<string>,
): Column[] {
  const columns = [
    idColumn(set, names.id!),
    doubleColumn(names[x]!, ({ point }) => set.coordinates[2 * point]!),
    doubleColumn(names[y]!, ({ point }) => set.coordinates[2 * point + 1]!),
  ];
  const further = Object.entries(set.pointColumns).map(([name, column]) =>
    lists.has(name)
      ? jsonColumn(name + LIST_SUFFIX, column, ({ point }) => point)
      : furtherColumn(name, column, marked.has(name), ({ point }) => point),
  );
  if (set.timesMs === undefined) return [...columns, ...further];
  const { element, encode } = timeElement(names.time!, set.timesMs);
  const { timesMs } = set;
  return [
    ...columns,
    { name: names.time!, schema: [element], valueAt: ({ point }) => encode(timesMs[point]!) },
    ...further,
  ];
}

function trajectoryColumns(set: TrajectorySet, names: Names, marked: ReadonlySet<string>): Column[] {
  const elevations = elevationsOf(set);
  const geometry: Column = {
    name: "geometry",
    schema: [{ name: "geometry", type: "BYTE_ARRAY", repetition_type: "REQUIRED" }],
    valueAt: ({ trajectory }) => {
      const [start, end] = [set.offsets[trajectory]!, set.offsets[trajectory + 1]!];
      const heights = hasValues(elevations, start, end) ? elevations!.subarray(start, end) : undefined;
      return toWkbLine(set.at(trajectory).coordinates, heights);
    },
  };
  const bbox: Column = {
    name: "bbox",
    schema: [
      { name: "bbox", repetition_type: "OPTIONAL", num_children: 4 },
      ...["xmin", "ymin", "xmax", "ymax"].map(
        (name): SchemaElement => ({ name, type: "DOUBLE", repetition_type: "REQUIRED" }),
      ),
    ],
    valueAt: ({ trajectory }) => {
      const { coordinates } = set.at(trajectory);
      if (coordinates.length === 0) return null;
      const [xmin, ymin, xmax, ymax] = boundsOf(coordinates);
      return { xmin, ymin, xmax, ymax };
    },
  };
  const lists = Object.keys(set.pointColumns)
    .filter((name) => name !== "elevationMeters" || elevations === undefined)
    .map((name) => listColumn(set, name, marked.has(name)));
  const own = [idColumn(set, names.id!), geometry, bbox];
  if (set.timesMs === undefined) return [...own, ...lists];
  const { element, encode } = timeElement("element", set.timesMs);
  const timesOf = ({ trajectory }: Row): unknown => Array.from(set.at(trajectory).timesMs!, encode);
  // Of several names that mean times a reader takes the first.
  return [...own, { name: "times", schema: listSchema("times", element), valueAt: timesOf }, ...lists];
}

function listSchema(name: string, element: SchemaElement): SchemaElement[] {
  return [
    { name, repetition_type: "REQUIRED", num_children: 1, converted_type: "LIST" },
    { name: "list", repetition_type: "REPEATED", num_children: 1 },
    element,
  ];
}

/** A column of lists with a value a point; values of several kinds as JSON. */
function listColumn(set: TrajectorySet, name: string, isMarked: boolean): Column {
  const column = set.pointColumns[name]!;
  const kind = kindIn(column);
  const values = ({ trajectory }: Row): unknown[] =>
    Array.from({ length: set.pointCountOf(trajectory) }, (_, i) =>
      valueAt(column, set.offsets[trajectory]! + i),
    );
  if (isMarked || kind === "mixed" || kind === "empty") {
    const marked = `${name}${LIST_SUFFIX}`;
    return { name: marked, schema: [TYPES.mixed(marked)], valueAt: values };
  }
  return { name, schema: listSchema(name, TYPES[kind]("element")), valueAt: values };
}

function idColumn(set: TrajectorySet, name: string): Column {
  return {
    name,
    schema: [{ name, type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "REQUIRED" }],
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
  const isWhole = timesMs.every((time) => Number.isNaN(time) || Number.isInteger(time));
  const orNull =
    (encode: (time: number) => unknown) =>
    (time: number): unknown =>
      Number.isNaN(time) ? null : encode(time);
  if (!isWhole) {
    return { element: { name, type: "DOUBLE", repetition_type: "OPTIONAL" }, encode: orNull((time) => time) };
  }
  return {
    element: { name, type: "INT64", converted_type: "TIMESTAMP_MILLIS", repetition_type: "OPTIONAL" },
    encode: orNull((time) => new Date(time)),
  };
}

/** The schema of a column by the kind of its values. */
const TYPES: Readonly<Record<ColumnKind, (name: string) => SchemaElement>> = {
  string: (name) => ({ name, type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" }),
  empty: (name) => ({ name, type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" }),
  number: (name) => ({ name, type: "DOUBLE", repetition_type: "OPTIONAL" }),
  boolean: (name) => ({ name, type: "BOOLEAN", repetition_type: "OPTIONAL" }),
  mixed: (name) => ({ name, type: "BYTE_ARRAY", converted_type: "JSON", repetition_type: "OPTIONAL" }),
};

function furtherColumn(
  name: string,
  column: PointColumn,
  isMarked: boolean,
  indexOf: (row: Row) => number,
): Column {
  if (isMarked) return jsonColumn(name + JSON_SUFFIX, column, indexOf);
  return { name, schema: [TYPES[kindIn(column)](name)], valueAt: (row) => valueAt(column, indexOf(row)) };
}

function jsonColumn(name: string, column: PointColumn, indexOf: (row: Row) => number): Column {
  return { name, schema: [TYPES.mixed(name)], valueAt: (row) => valueAt(column, indexOf(row)) };
}

/** What kind of values a column holds; text that UTF-8 cannot write is JSON. */
function kindIn(column: PointColumn): ColumnKind {
  const kind = kindOf(column);
  const isText = kind === "string" && !isFloat64Array(column);
  return isText && column.some((value) => typeof value === "string" && !isWellFormed(value)) ? "mixed" : kind;
}

function rootElement(columnCount: number): SchemaElement {
  return { name: "root", num_children: columnCount };
}

/** GeoParquet 1.1's `geo` metadata: WGS84 by default, an unknown coordinate system (crs null) for a planar set. */
function geoMetadata(set: TrajectorySet): string {
  const covering = Object.fromEntries(["xmin", "ymin", "xmax", "ymax"].map((name) => [name, ["bbox", name]]));
  const geometry = {
    encoding: "WKB",
    geometry_types: [],
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

import {
  type AsyncBuffer,
  type DecodedArray,
  type FileMetaData,
  parquetMetadataAsync,
  parquetScan,
  parquetSchema,
  type SchemaElement,
} from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { isError } from "../../foundation/realms.js";
import { joinBytes } from "../../reading/bytes.js";
import { damage } from "../../reading/ledger.js";
import type { Reading } from "../../reading/run.js";
import type { RandomAccess, SourceFile } from "../../reading/source.js";
import { checkRowGroup } from "./check-pages.js";

const TIMESTAMP = Symbol.for("@wayweave/geo-core/parquet-timestamp");

/** A timestamp column's value: milliseconds since 1970, told apart from plain numbers. */
export class Timestamp {
  readonly [TIMESTAMP] = true;
  readonly timeMs: number;

  constructor(timeMs: number) {
    this.timeMs = timeMs;
  }

  /** Whether a value is one; not told by its class, of which a bundle may hold two. */
  static is(value: unknown): value is Timestamp {
    return typeof value === "object" && value !== null && TIMESTAMP in value;
  }
}

/** A top-level column. */
export interface ParquetField {
  readonly name: string;
  /** The coordinate system of a column of the native type GEOMETRY or GEOGRAPHY. */
  readonly crs: unknown;
  readonly isGeometry: boolean;
  readonly isJson: boolean;
  /** How many of a time of day's units a second has; undefined for any other column. */
  readonly perSecond: number | undefined;
}

/** Takes a Parquet file's rows, a row group's columns at a time. */
export interface ParquetRows {
  /** The top-level columns to read, called once the file's schema and GeoParquet metadata are known. */
  columns(available: readonly ParquetField[], geo: unknown, isOurs: boolean): readonly string[];
  /** The columns of consecutive rows, in the order asked for; `firstRow` counts from 0. */
  rows(columns: readonly DecodedArray[], firstRow: number): void;
  finish(): void;
}

/** The writer that {@link writeParquet} names itself. */
export const CREATED_BY = "@wayweave/geo-core";

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** WKB is decoded row by row later, so that one broken geometry costs one row. */
const PARSERS = {
  timestampFromMilliseconds: (millis: bigint) => new Timestamp(Number(millis)),
  timestampFromMicroseconds: (micros: bigint) => new Timestamp(Number(micros) / 1000),
  timestampFromNanoseconds: (nanos: bigint) => new Timestamp(Number(nanos / 1000n) / 1000),
  dateFromDays: (days: number) => new Timestamp(days * 86_400_000),
  // The format says that text is UTF-8: a file where it is not is broken.
  stringFromBytes: (bytes: Uint8Array | undefined) => bytes && UTF8.decode(bytes),
  geometryFromBytes: (bytes: Uint8Array) => bytes,
  geographyFromBytes: (bytes: Uint8Array) => bytes,
};

/** Feeds a file's rows to `rows`, one row group at a time. */
export async function* readRowGroups<Attributes>(
  file: SourceFile,
  reading: Reading<Attributes>,
  rows: ParquetRows,
): AsyncGenerator<void, void> {
  const isGzipped = /\.gz$/i.test(file.label);
  const access = isGzipped ? undefined : await file.openRandomAccess?.();
  try {
    const buffer = withinBounds(access ?? (await inMemory(file, reading)));
    for await (const fraction of scan(file, reading, rows, buffer)) {
      reading.progress(file, access === undefined ? 0 : Math.round(fraction * file.byteLength));
      yield;
    }
  } catch (error) {
    if (reading.ledger.lenient) rows.finish();
    throw error;
  } finally {
    await access?.close();
  }
  rows.finish();
  reading.mayBeEmpty = true;
}

/** A damaged file's offsets may lie anywhere; Node ends the process where a Blob is cut at more than 2³². */
function withinBounds(buffer: AsyncBuffer): AsyncBuffer {
  const { byteLength } = buffer;
  return {
    byteLength,
    slice: async (start, end = byteLength) => {
      if (!(start >= 0 && start <= end && end <= byteLength))
        throw new Error(`bytes ${start} to ${end} must lie within the file of ${byteLength}`);
      return buffer.slice(start, end);
    },
  };
}

/** Reads the row groups in order; yields each one's fraction of the rows. */
async function* scan<Attributes>(
  file: SourceFile,
  reading: Reading<Attributes>,
  rows: ParquetRows,
  buffer: AsyncBuffer,
): AsyncGenerator<number, void> {
  const metadata = await orDamage(file, async () => {
    const parsed = await parquetMetadataAsync(buffer, { geoparquet: false });
    checkMetadata(parsed, buffer.byteLength);
    return parsed;
  });
  const available = await orDamage(file, async () =>
    parquetSchema(metadata).children.map(({ element }) => fieldOf(element, metadata)),
  );
  const columns = rows.columns(
    available,
    await orDamage(file, async () => geoOf(metadata)),
    metadata.created_by === CREATED_BY,
  );
  const wanted = [...new Set(columns)];
  // Text columns are decoded by their annotation; bytes without one stay bytes, as WKB is.
  const options = { file: buffer, metadata, columns: wanted, compressors, parsers: PARSERS, utf8: false };
  const { ranges, readColumn } = await orDamage(file, () => parquetScan(options));
  let checkedGroups = 0;
  let checkedRows = 0;
  for (const { rowStart, rowEnd } of ranges) {
    for (; checkedRows < rowEnd; checkedGroups++) {
      const group = metadata.row_groups[checkedGroups]!;
      await orDamage(file, () => checkRowGroup(buffer, metadata, group, wanted));
      checkedRows += Number(group.num_rows);
    }
    const read = new Map<string, DecodedArray>();
    for (const column of wanted) {
      const data = await orDamage(file, () => readColumn({ column, rowStart, rowEnd }));
      if (data.length !== rowEnd - rowStart) {
        const message = `column ${column} must have ${rowEnd - rowStart} rows, got ${data.length}`;
        throw damage("broken Parquet", message, { file: file.label });
      }
      read.set(column, data);
    }
    reading.ledger.records += rowEnd - rowStart;
    rows.rows(
      columns.map((column) => read.get(column)!),
      rowStart,
    );
    yield (rowEnd - rowStart) / Number(metadata.num_rows);
  }
}

/** What a damaged footer could make the decoder allocate or chase is refused before it starts. */
function checkMetadata(metadata: FileMetaData, byteLength: number): void {
  for (const [i, { name }] of metadata.schema.entries()) {
    // A damaged footer may lack what the format requires, whatever the library's types say.
    if (typeof name !== "string") throw new Error(`element ${i} of the schema must have a name`);
  }
  let rowCount = 0n;
  for (const group of metadata.row_groups) {
    rowCount += group.num_rows;
    if (group.num_rows < 0n || group.num_rows > MAX_GROUP_ROWS) {
      throw new Error(`a row group must have at most ${MAX_GROUP_ROWS} rows, got ${group.num_rows}`);
    }
    for (const { meta_data: chunk } of group.columns) {
      const size = chunk?.total_compressed_size ?? 0n;
      const start = chunk?.dictionary_page_offset ?? chunk?.data_page_offset ?? 0n;
      if (size < 0n || start < 0n || start + size > BigInt(byteLength)) {
        throw new Error("a column chunk must lie within the file");
      }
    }
  }
  if (rowCount !== metadata.num_rows) {
    throw new Error(`the row groups must hold ${metadata.num_rows} rows, got ${rowCount}`);
  }
}

const MAX_GROUP_ROWS = 100_000_000n;
const MAX_IN_MEMORY_BYTES = 2 ** 31;

function geoOf(metadata: FileMetaData): unknown {
  const text = metadata.key_value_metadata?.find(({ key }) => key === "geo")?.value;
  return text === undefined ? undefined : JSON.parse(text);
}

function fieldOf(
  { name, logical_type: type, converted_type: converted }: SchemaElement,
  metadata: FileMetaData,
): ParquetField {
  const isGeometry = type?.type === "GEOMETRY" || type?.type === "GEOGRAPHY";
  const isJson = type?.type === "JSON" || converted === "JSON";
  return {
    name,
    isGeometry,
    isJson,
    perSecond: unitsPerSecond(type, converted),
    crs: isGeometry ? nativeCrs((type as { crs?: unknown }).crs, metadata) : undefined,
  };
}

function unitsPerSecond(
  type: SchemaElement["logical_type"],
  converted: SchemaElement["converted_type"],
): number | undefined {
  if (type?.type === "TIME") return { MILLIS: 1e3, MICROS: 1e6, NANOS: 1e9 }[type.unit];
  if (converted === "TIME_MILLIS") return 1e3;
  return converted === "TIME_MICROS" ? 1e6 : undefined;
}

/** `srid:5070` and `projjson:key` are the format's own forms; others are names or definitions. */
function nativeCrs(crs: unknown, metadata: FileMetaData): unknown {
  if (typeof crs !== "string" || crs === "") return undefined;
  const [, kind, rest] = /^(srid|projjson):(.+)$/i.exec(crs) ?? [];
  if (kind?.toLowerCase() === "srid") return rest === "0" ? null : `EPSG:${rest}`;
  const text = kind === undefined ? crs : metadata.key_value_metadata?.find(({ key }) => key === rest)?.value;
  try {
    return text?.trimStart().startsWith("{") ? JSON.parse(text) : text;
  } catch {
    return text;
  }
}

async function inMemory<Attributes>(file: SourceFile, reading: Reading<Attributes>): Promise<RandomAccess> {
  const chunks: Uint8Array[] = [];
  let byteLength = 0;
  for await (const chunk of reading.bytes(file)) {
    chunks.push(chunk);
    byteLength += chunk.length;
    if (byteLength > MAX_IN_MEMORY_BYTES) {
      const message = `a zipped or gzipped Parquet file must be at most ${MAX_IN_MEMORY_BYTES} bytes long`;
      throw damage("file too large", message, { file: file.label });
    }
  }
  const { buffer } = joinBytes(chunks);
  return { byteLength, slice: async (start, end) => buffer.slice(start, end), close: async () => {} };
}

/** The library reports a broken file by plain errors; an input/output error (it names a system call) is none. */
async function orDamage<T>(file: SourceFile, decode: () => Promise<T>): Promise<T> {
  try {
    return await decode();
  } catch (error) {
    if (!isError(error) || "syscall" in error) throw error;
    throw damage("broken Parquet", `broken Parquet: ${error.message}`, { file: file.label }, error);
  }
}

import { type FileHandle, open } from "node:fs/promises";
import {
  type AsyncBuffer,
  type DecodedArray,
  type FileMetaData,
  parquetMetadataAsync,
  parquetScan,
  parquetSchema,
} from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { damage } from "./ledger.js";
import type { Reading } from "./read-files.js";
import type { SourceFile } from "./source.js";

/** A timestamp column's value: milliseconds since 1970, told apart from plain numbers. */
export class Timestamp {
  readonly timeMs: number;

  constructor(timeMs: number) {
    this.timeMs = timeMs;
  }
}

/** Takes a Parquet file's rows, a row group's columns at a time. */
export interface ParquetRows {
  /** The top-level columns to read, called once the file's schema and GeoParquet metadata are known. */
  columns(available: readonly string[], geo: unknown): readonly string[];
  /** The columns of consecutive rows, in the order asked for; `firstRow` counts from 0. */
  rows(columns: readonly DecodedArray[], firstRow: number): void;
  finish(): void;
}

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
  const isInPlace = file.path !== undefined && !/\.gz$/i.test(file.path);
  const handle = isInPlace ? await open(file.path, "r") : undefined;
  try {
    const buffer = handle === undefined ? await inMemory(file, reading) : onDisk(handle, file.byteLength);
    for await (const fraction of scan(file, reading, rows, buffer)) {
      reading.progress(file, handle === undefined ? 0 : Math.round(fraction * file.byteLength));
      yield;
    }
  } catch (error) {
    if (reading.ledger.lenient) rows.finish();
    throw error;
  } finally {
    await handle?.close();
  }
  rows.finish();
  reading.mayBeEmpty = true;
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
  const available = parquetSchema(metadata).children.map(({ element }) => element.name);
  const columns = rows.columns(available, await orDamage(file, async () => geoOf(metadata)));
  const wanted = [...new Set(columns)];
  // Text columns are decoded by their annotation; bytes without one stay bytes, as WKB is.
  const options = { file: buffer, metadata, columns: wanted, compressors, parsers: PARSERS, utf8: false };
  const { ranges, readColumn } = await orDamage(file, () => parquetScan(options));
  for (const { rowStart, rowEnd } of ranges) {
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

function onDisk(handle: FileHandle, byteLength: number): AsyncBuffer {
  return {
    byteLength,
    async slice(start, end = byteLength) {
      const bytes = new Uint8Array(Math.max(0, Math.min(end, byteLength) - start));
      let read = 0;
      while (read < bytes.length) {
        const { bytesRead } = await handle.read(bytes, read, bytes.length - read, start + read);
        if (bytesRead === 0) throw new Error("unexpected end of file");
        read += bytesRead;
      }
      return bytes.buffer;
    },
  };
}

async function inMemory<Attributes>(file: SourceFile, reading: Reading<Attributes>): Promise<AsyncBuffer> {
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
  const joined = new Uint8Array(byteLength);
  let at = 0;
  for (const chunk of chunks) {
    joined.set(chunk, at);
    at += chunk.length;
  }
  return { byteLength: joined.length, slice: (start, end) => joined.buffer.slice(start, end) };
}

/** The library reports a broken file by plain errors; an input/output error (it names a system call) is none. */
async function orDamage<T>(file: SourceFile, decode: () => Promise<T>): Promise<T> {
  try {
    return await decode();
  } catch (error) {
    if (!(error instanceof Error) || "syscall" in error) throw error;
    throw damage("broken Parquet", `broken Parquet: ${error.message}`, { file: file.label }, error);
  }
}

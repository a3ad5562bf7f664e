import type { AsyncBuffer, ColumnMetaData, FileMetaData, PageHeader, SchemaTree } from "hyparquet";
import { parquetHeader } from "hyparquet/src/column.js";
import { decompressPage } from "hyparquet/src/datapage.js";
import {
  getMaxDefinitionLevel,
  getMaxRepetitionLevel,
  getSchemaPath,
  isFlatColumn,
} from "hyparquet/src/schema.js";
import { readVarInt } from "hyparquet/src/thrift.js";
import { compressors } from "hyparquet-compressors";

/** Values of a nested column's chunk, a page's bytes: beyond them a file is taken for damaged. */
const MAX_CHUNK_VALUES = 2 ** 28;
const MAX_PAGE_BYTES = 2 ** 30;
/** A run packed in bits is padded to a multiple of eight values; some writers pad further. */
const MAX_PADDING = 1024;

/**
 * Checks what the decoder takes at its word: a page that holds more values than its row group has rows, or a run of levels or of
 * dictionary indices longer than its page, would make it loop or allocate without end.
 *
 * @param columns the top-level columns that will be read
 * @throws {Error} what is wrong, in a sentence
 */
export async function checkRowGroup(
  buffer: AsyncBuffer,
  metadata: FileMetaData,
  group: FileMetaData["row_groups"][number],
  columns: readonly string[],
): Promise<void> {
  for (const { meta_data: chunk } of group.columns) {
    if (chunk === undefined || !columns.includes(chunk.path_in_schema[0]!)) continue;
    const first = Number(chunk.data_page_offset);
    const dictionary = Number(chunk.dictionary_page_offset ?? 0);
    const start = dictionary > 0 && dictionary < first ? dictionary : first;
    const bytes = await buffer.slice(start, start + Number(chunk.total_compressed_size));
    checkChunk(
      new DataView(bytes),
      chunk,
      getSchemaPath(metadata.schema, chunk.path_in_schema),
      group.num_rows,
    );
  }
}

function checkChunk(view: DataView, chunk: ColumnMetaData, path: SchemaTree[], rows: bigint): void {
  const name = chunk.path_in_schema.join(".");
  const isFlat = isFlatColumn(path);
  const most = isFlat ? Number(rows) : Math.min(Number(chunk.num_values), MAX_CHUNK_VALUES);
  const reader = { view, offset: 0 };
  let values = 0;
  // As the decoder does, which leaves a last byte alone, stops where a flat column has its rows, and reads all pages of others.
  while (reader.offset < view.byteLength - 1 && (!isFlat || values < most)) {
    const header = parquetHeader(reader);
    const size = header.compressed_page_size;
    if (
      !isCount(size, view.byteLength - reader.offset) ||
      !isCount(header.uncompressed_page_size, MAX_PAGE_BYTES)
    ) {
      throw new Error(`column ${name} has a page of ${size} bytes, which do not lie within its chunk`);
    }
    const page = new Uint8Array(view.buffer, view.byteOffset + reader.offset, size);
    reader.offset += size;
    values += checkPage(page, header, chunk, path, most - values);
  }
}

/** Returns how many values the page holds. */
function checkPage(
  page: Uint8Array,
  header: PageHeader,
  chunk: ColumnMetaData,
  path: SchemaTree[],
  most: number,
): number {
  const name = chunk.path_in_schema.join(".");
  const count = (header.data_page_header ?? header.data_page_header_v2)?.num_values;
  if (header.type === "DICTIONARY_PAGE") {
    // An entry takes a bit at least.
    const entries = header.dictionary_page_header?.num_values;
    if (!isCount(entries, header.uncompressed_page_size * 8))
      throw new Error(`the dictionary of column ${name} must fit its page, got ${entries} entries`);
    return 0;
  }
  if (count === undefined) return 0;
  if (!isCount(count, most))
    throw new Error(`a page of column ${name} must hold at most ${most} values, got ${count}`);
  const levels = [getMaxRepetitionLevel(path), getMaxDefinitionLevel(path)];
  if (header.data_page_header_v2 !== undefined) checkPageV2(page, header, chunk, levels, count);
  else checkPageV1(page, header, chunk, levels, count);
  return count;
}

function checkPageV1(
  page: Uint8Array,
  header: PageHeader,
  chunk: ColumnMetaData,
  levels: readonly number[],
  count: number,
): void {
  const bytes = decompressPage(page, header.uncompressed_page_size, chunk.codec, compressors);
  const view = viewOf(bytes);
  let offset = 0;
  for (const level of levels) {
    if (level === 0) continue;
    const length = view.getUint32(offset, true);
    offset += 4;
    checkRuns(view, offset, offset + length, bitWidth(level), count);
    offset += length;
  }
  checkIndices(view, offset, header.data_page_header!.encoding, chunk, count);
}

function checkPageV2(
  page: Uint8Array,
  header: PageHeader,
  chunk: ColumnMetaData,
  [repetition, definition]: readonly number[],
  count: number,
): void {
  const {
    repetition_levels_byte_length: first,
    definition_levels_byte_length: second,
    ...own
  } = header.data_page_header_v2!;
  if (!isCount(first, page.length) || !isCount(second, page.length - first) || !isCount(own.num_nulls, count))
    throw new Error(`the levels of column ${chunk.path_in_schema.join(".")} must lie within their page`);
  const view = viewOf(page);
  if (repetition! > 0) checkRuns(view, 0, first, bitWidth(repetition!), count);
  if (definition! > 0) checkRuns(view, first, first + second, bitWidth(definition!), count);
  let values = page.subarray(first + second);
  if (own.is_compressed !== false)
    values = decompressPage(values, header.uncompressed_page_size - first - second, chunk.codec, compressors);
  checkIndices(viewOf(values), 0, own.encoding, chunk, count);
}

/** Runs of dictionary indices, and of booleans, which are encoded as levels are. */
function checkIndices(
  view: DataView,
  offset: number,
  encoding: string,
  { type }: ColumnMetaData,
  count: number,
): void {
  if (offset >= view.byteLength) return;
  if (encoding === "RLE" && type === "BOOLEAN") checkRuns(view, offset + 4, view.byteLength, 1, count);
  else if (encoding === "RLE" || encoding === "RLE_DICTIONARY" || encoding === "PLAIN_DICTIONARY")
    checkRuns(view, offset + 1, view.byteLength, view.getUint8(offset), count);
}

/** Walks the runs from `offset` to `end`, which hold at most `count` values, without decoding one. */
function checkRuns(view: DataView, offset: number, end: number, width: number, count: number): void {
  const reader = { view, offset };
  let seen = 0;
  while (seen < count && reader.offset < Math.min(end, view.byteLength)) {
    const run = readVarInt(reader);
    const isPacked = (run & 1) === 1;
    const length = isPacked ? (run >>> 1) * 8 : run >>> 1;
    if (length > count - seen + (isPacked ? MAX_PADDING : 0))
      throw new Error(`a run must hold at most ${count - seen} values, got ${length}`);
    reader.offset += isPacked ? (length / 8) * width : (width + 7) >> 3;
    seen += length;
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function bitWidth(level: number): number {
  return 32 - Math.clz32(level);
}

function isCount(value: number | undefined, most: number): value is number {
  return Number.isSafeInteger(value) && value! >= 0 && value! <= most;
}

import { unzipSync } from "fflate";
import { checkOptions, type OptionName, withoutUndefined } from "../foundation/check-options.js";
import { FormatError } from "../foundation/errors.js";
import { checkOneOf } from "../foundation/validate.js";
import { joinBytes } from "../reading/bytes.js";
import { idFolders } from "../reading/id-folders.js";
import { damage } from "../reading/ledger.js";
import { isMacMetadata } from "../reading/mac-metadata.js";
import {
  type CrsOptions,
  checkTimeFormatOptions,
  type ReadOptions,
  TIME_FORMAT_OPTION_NAMES,
  type TimeFormatOptions,
  type TimeOptions,
  TRACK_OPTION_NAMES,
} from "../reading/options.js";
import type { Format, Reading } from "../reading/run.js";
import { baseName, type SourceFile, stemOf } from "../reading/source.js";
import type { TrajectoryBatch } from "../reading/stream.js";
import type { CoordinateSystem } from "../trajectories/columns.js";
import { csvFormat } from "./csv/csv-format.js";
import { type CsvOptions, checkCsvOptions } from "./csv/csv-options.js";
import { detectFormat, isTrackName, TRACK_FORMATS, type TrackFormat } from "./detect-format.js";
import { fitFormat } from "./fit/fit-format.js";
import { geoJsonFormat, geoJsonLinesFormat } from "./geojson/geojson-format.js";
import { GPX_SEGMENTS, type GpxSegments, gpxFormat } from "./gpx/gpx-format.js";
import { kmlFormat } from "./kml/kml-format.js";
import { parquetFormat } from "./parquet/parquet-format.js";
import type { ParquetOptions } from "./parquet/parquet-options.js";
import { pltFormat } from "./plt/plt-format.js";
import { igcFormat } from "./recorders/igc-format.js";
import { nmeaFormat } from "./recorders/nmea-format.js";
import { tcxFormat } from "./tcx/tcx-format.js";

/** How {@link readTrajectories} reads; what a format has no use for is ignored there. */
export interface ReadTrajectoriesOptions
  extends ReadOptions,
    TimeOptions,
    TimeFormatOptions,
    CrsOptions,
    Pick<CsvOptions, "columns" | "delimiter" | "header" | "skipLines" | "multilineFields"> {
  /**
   * Of CSV and Parquet whose rows are points. `any`: rows of several trajectories may be interleaved, and those of a file
   * are held in memory. `grouped`: those of one stand together, and are streamed; an id that comes back is an error.
   *
   * @defaultValue "any"
   */
  readonly rowOrder?: "any" | "grouped";
  /** Of GPX. `join`: a track's segments, which devices begin after every pause, are one trajectory. @defaultValue "separate" */
  readonly segments?: GpxSegments;
  /** What every file is read as, whatever it looks like. @defaultValue found by the file's first bytes and its name */
  readonly format?: TrackFormat;
  /** `planar` reads x and y as they are, in any range. @defaultValue "lonlat" */
  readonly coordinateSystem?: CoordinateSystem;
}

export const READ_TRAJECTORIES_OPTION_NAMES: readonly OptionName<ReadTrajectoriesOptions>[] = [
  ...TRACK_OPTION_NAMES.filter((name) => name !== "batchPoints"),
  ...TIME_FORMAT_OPTION_NAMES,
  "columns",
  "delimiter",
  "header",
  "skipLines",
  "multilineFields",
  "rowOrder",
  "format",
  "coordinateSystem",
];

/** A file that could not be read, or not to its end. */
export interface BrokenFile {
  /** As messages name it. */
  readonly file: string;
  /** What is wrong with it, and where. */
  readonly problem: string;
}

/** What {@link anyFormat} tells of the files that it reads. */
export interface FilesRead {
  /** How many of each format were read. */
  readonly formats: Record<string, number>;
  /** Those that lenient reading gave up. */
  readonly broken: BrokenFile[];
}

/** Nothing read as yet. */
export function noFilesRead(): FilesRead {
  return { formats: {}, broken: [] };
}

/** Every format: each file is looked at, and read as what it is. */
export function anyFormat(
  where: string,
  options: ReadTrajectoriesOptions & { readonly batchPoints?: number },
  found: FilesRead,
): Format<undefined, TrajectoryBatch> {
  const known = [...READ_TRAJECTORIES_OPTION_NAMES, "segments", "batchPoints"] as const;
  checkOptions(where, options, known as readonly OptionName<typeof options>[]);
  checkTimeFormatOptions(where, options);
  checkCsvOptions(where, options);
  if (options.segments !== undefined) checkOneOf(where, "segments", options.segments, GPX_SEGMENTS);
  if (options.format !== undefined) checkOneOf(where, "format", options.format, TRACK_FORMATS);
  const formats = new Map<TrackFormat, Format<unknown, TrajectoryBatch>>();
  const formatOf = (name: TrackFormat): Format<unknown, TrajectoryBatch> => {
    const format = formats.get(name) ?? createFormat(where, name, options);
    formats.set(name, format);
    return format;
  };
  return {
    where,
    coordinateSystem: options.coordinateSystem ?? "lonlat",
    accepts: isTrackName,
    read: (file, reading) => readTold(file, reading, options, formatOf, found, 0),
    toBatch: ({ trajectories }) => ({ trajectories }),
  };
}

function createFormat(
  where: string,
  name: TrackFormat,
  options: ReadTrajectoriesOptions,
): Format<unknown, TrajectoryBatch> {
  const {
    format: _,
    delimiter,
    header,
    skipLines,
    multilineFields,
    columns,
    rowOrder = "any",
    segments = "separate",
    ...shared
  } = options;
  const csv = withoutUndefined({ delimiter, header, skipLines, multilineFields, columns });
  const { coordinateSystem: __, timeUnit: ___, timePattern: ____, timeZone: _____, ...track } = shared;
  switch (name) {
    case "gpx":
      return gpxFormat(where, { ...track, segments }) as Format<unknown, TrajectoryBatch>;
    case "kml":
      return kmlFormat(where) as Format<unknown, TrajectoryBatch>;
    case "tcx":
      return tcxFormat(where) as Format<unknown, TrajectoryBatch>;
    case "fit":
      return fitFormat(where) as Format<unknown, TrajectoryBatch>;
    case "plt":
      return pltFormat(where) as Format<unknown, TrajectoryBatch>;
    case "nmea":
      return nmeaFormat(where) as Format<unknown, TrajectoryBatch>;
    case "igc":
      return igcFormat(where) as Format<unknown, TrajectoryBatch>;
    case "geojson":
      return geoJsonFormat(where, { ...shared, otherGeometries: "skip" }) as Format<unknown, TrajectoryBatch>;
    case "geojsonl":
      return geoJsonLinesFormat(where, { ...shared, otherGeometries: "skip" }) as Format<
        unknown,
        TrajectoryBatch
      >;
    case "csv":
      return csvFormat(where, { ...shared, ...csv, rowOrder }) as Format<unknown, TrajectoryBatch>;
    default: {
      const named = columns === undefined ? {} : { columns: parquetColumnsOf(columns) };
      return parquetFormat(where, { ...shared, ...named, rowOrder }) as Format<unknown, TrajectoryBatch>;
    }
  }
}

/** The columns of a text's rows as Parquet calls them; it refuses those that it has no use for. */
function parquetColumnsOf(
  columns: NonNullable<CsvOptions["columns"]>,
): NonNullable<ParquetOptions["columns"]> {
  if (!("polyline" in columns)) return columns as NonNullable<ParquetOptions["columns"]>;
  const { polyline: geometry, polylineFormat: _, ...others } = columns;
  return { ...others, geometry } as NonNullable<ParquetOptions["columns"]>;
}

const HEAD_BYTES = 1 << 16;
const MAX_NESTING = 3;
/** Formats whose positions are always degrees. */
const DEGREES: readonly TrackFormat[] = ["gpx", "kml", "tcx", "fit", "plt", "nmea", "igc"];

/** As {@link readAny}; a file that it gives up is told. */
async function* readTold(...given: Parameters<typeof readAny>): AsyncGenerator<void, void> {
  const [{ label: file }, , , , { broken }] = given;
  try {
    yield* readAny(...given);
  } catch (error) {
    if (error instanceof FormatError) broken.push({ file, problem: error.message });
    throw error;
  }
}

async function* readAny(
  file: SourceFile,
  reading: Reading<undefined>,
  options: ReadTrajectoriesOptions,
  formatOf: (name: TrackFormat) => Format<unknown, TrajectoryBatch>,
  found: FilesRead,
  depth: number,
): AsyncGenerator<void, void> {
  const at = { file: file.label };
  const head = await reading.head(file, HEAD_BYTES);
  const detected =
    options.format === undefined ? detectFormat(baseName(file.label), head) : { format: options.format };
  if (detected === undefined) {
    if (head.length === 0) throw damage("empty file", "the file holds no records", at);
    const message = `a file must be of ${TRACK_FORMATS.join(", ")} (the option format says which), got neither by its name nor by its first bytes`;
    throw damage("unknown format", message, at);
  }
  if ("unsupported" in detected) {
    throw damage("unsupported format", `${detected.unsupported} is not read: ${detected.hint}`, at);
  }
  const { format } = detected;
  if (format === "zip") {
    yield* readZip(file, reading, options, formatOf, found, depth);
    return;
  }
  if (options.coordinateSystem === "planar" && DEGREES.includes(format)) {
    throw damage(
      "other coordinate system",
      `${format.toUpperCase()} holds degrees, which are not planar`,
      at,
    );
  }
  found.formats[format] = (found.formats[format] ?? 0) + 1;
  yield* formatOf(format).read(file, reading as Reading<never> as Reading<unknown>);
}

const MAX_ZIP_BYTES = 2 ** 31;

/** A zip within a folder or zip, or given as bytes: unpacked in memory. */
async function* readZip(
  file: SourceFile,
  reading: Reading<undefined>,
  options: ReadTrajectoriesOptions,
  formatOf: (name: TrackFormat) => Format<unknown, TrajectoryBatch>,
  found: FilesRead,
  depth: number,
): AsyncGenerator<void, void> {
  const at = { file: file.label };
  if (depth === MAX_NESTING) throw damage("unreadable zip", `zips must nest at most ${MAX_NESTING} deep`, at);
  const chunks: Uint8Array[] = [];
  for await (const chunk of reading.bytes(file)) {
    chunks.push(chunk);
    yield;
  }
  const files = unzipped(joinBytes(chunks), file.label);
  const { ledger, collector } = reading;
  ledger.files += files.length - 1;
  const outer = collector.hasManyFiles ? `${collector.idFolder}${stemOf(file.label)}/` : collector.idFolder;
  const folderOf = idFolders(files, file.label);
  for (const entry of files) {
    collector.file = entry.label;
    collector.idFolder = `${outer}${folderOf(entry.label)}`;
    try {
      yield* readTold(entry, reading, options, formatOf, found, depth + 1);
    } catch (error) {
      ledger.giveUpFile(error);
    }
  }
  reading.mayBeEmpty = files.length > 0;
}

function unzipped(bytes: Uint8Array, label: string): SourceFile[] {
  let total = 0;
  const fail = (problem: string, cause?: unknown): never => {
    throw damage("unreadable zip", `unreadable zip: ${problem}`, { file: label }, cause);
  };
  let entries: Record<string, Uint8Array> = {};
  try {
    entries = unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        const isWanted = !name.endsWith("/") && !isMacMetadata(name) && isTrackName(name);
        if (isWanted) total += originalSize;
        if (total > MAX_ZIP_BYTES)
          throw new RangeError(`its files must be at most ${MAX_ZIP_BYTES} bytes long`);
        return isWanted;
      },
    });
  } catch (error) {
    fail(String((error as { message?: unknown }).message ?? error), error);
  }
  return Object.keys(entries)
    .sort()
    .map((name) => bytesFile(`${label}/${name}`, entries[name]!));
}

/** A file in memory. */
export function bytesFile(label: string, bytes: Uint8Array): SourceFile {
  return {
    label,
    byteLength: bytes.length,
    open: async function* () {
      yield bytes;
    },
    openRandomAccess: async () => ({
      byteLength: bytes.length,
      slice: async (start, end) => bytes.slice(start, end).buffer as ArrayBuffer,
      close: async () => {},
    }),
  };
}

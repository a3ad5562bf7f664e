import { checkOptions } from "../foundation/check-options.js";
import { parseDate, parseDecimal, parseTimeOfDay, quoted, splitFields, textOf } from "../reading/bytes.js";
import type { TrajectoryCollector } from "../reading/collector.js";
import { damage } from "../reading/ledger.js";
import type { LineParser } from "../reading/lines.js";
import { type ReadOptions, STREAM_OPTION_NAMES, type StreamOptions } from "../reading/options.js";
import { PointBuffer } from "../reading/point-buffer.js";
import type { ReadReport } from "../reading/report.js";
import { type Format, parseLines } from "../reading/run.js";
import { stemOf } from "../reading/source.js";
import type { TrajectoryBatch, TrajectoryStream } from "../reading/stream.js";
import { type GeoLifeLabels, readLabels } from "./geolife-labels.js";
import { readPath, streamPath } from "./internal/read-path.js";

/** Part of a GeoLife data set. */
export interface GeoLifeBatch extends TrajectoryBatch {
  /** The users' transport modes by time interval; complete before the first batch. */
  readonly labels: GeoLifeLabels;
}

/**
 * Reads GeoLife (Microsoft Research Asia): PLT files of six header lines and `lat,lon,0,altitude (ft),days,date,time`
 * lines, times in UTC, and each user's `labels.txt` where there is one. Altitudes are left out.
 *
 * A record is a line after the header. The trajectories' ids are `user/file`, `010/20080328144824`, in order of the
 * files' names; times are milliseconds since 1970. The original data hold repeated times and a latitude of 400°: read
 * them with `lenient`, and the report counts them.
 *
 * @param path a folder (or a zip of one) with `<user>/Trajectory/<name>.plt`, or a single PLT file; `.gz` too
 * @throws {FormatError} (strict) a broken line, a position out of range, times that do not increase, an empty or
 *   damaged file; with file and line
 * @throws {ValueError} nothing at `path`
 * @example
 * const { trajectories, labels, report } = await readGeoLife("geolife.zip", { lenient: true });
 * labels.modeAt("010", trajectories.at(0).timesMs![0]!) // "train", or undefined
 */
export async function readGeoLife(
  path: string,
  options: ReadOptions = {},
): Promise<GeoLifeBatch & { readonly report: ReadReport }> {
  return readPath(path, options, geoLifeFormat("readGeoLife", options));
}

/** {@link readGeoLife} in batches. */
export function streamGeoLife(path: string, options: StreamOptions = {}): TrajectoryStream<GeoLifeBatch> {
  return streamPath(path, options, geoLifeFormat("streamGeoLife", options));
}

function geoLifeFormat(where: string, options: StreamOptions): Format<undefined, GeoLifeBatch> {
  checkOptions(where, options, STREAM_OPTION_NAMES);
  let labels: GeoLifeLabels;
  return {
    where,
    coordinateSystem: "lonlat",
    accepts: (name) => isPlt(name) || isLabels(name),
    async prepare(source, reading) {
      const labelFiles = source.files.filter((file) => isLabels(file.label));
      labels = await readLabels(labelFiles, reading);
      return source.files.filter((file) => !isLabels(file.label));
    },
    read: (file, reading) => parseLines(file, reading, new PltParser(file.label, reading.collector)),
    toBatch: ({ trajectories }) => ({ trajectories, labels }),
  };
}

function isPlt(name: string): boolean {
  return /\.plt(\.gz)?$/i.test(name);
}

function isLabels(name: string): boolean {
  return /(^|\/)labels\.txt(\.gz)?$/i.test(name);
}

/** `…/010/Trajectory/20080328144824.plt` → `010/20080328144824`; the file's own name where it lies elsewhere. */
function idOf(label: string): string {
  const user = /([^/]+)\/Trajectory\/[^/]+$/i.exec(label)?.[1];
  return user === undefined ? stemOf(label) : `${user}/${stemOf(label)}`;
}

const HEADER_LINES = 6;
const FIELDS = 7;
const COMMA = 44;

class PltParser implements LineParser {
  readonly #file: string;
  readonly #collector: TrajectoryCollector<undefined>;
  readonly #ends = new Int32Array(FIELDS);
  /** The date last parsed, as its ten bytes and its milliseconds: it is the same for most of a file. */
  readonly #date = new Uint8Array(10);
  #dateMs = Number.NaN;
  readonly #points = new PointBuffer();

  constructor(file: string, collector: TrajectoryCollector<undefined>) {
    this.#file = file;
    this.#collector = collector;
  }

  line(bytes: Uint8Array, start: number, end: number, line: number): void {
    if (line <= HEADER_LINES) this.#checkHeader(bytes, start, end, line);
    else this.#point(bytes, start, end, line);
  }

  finish(): void {
    const points = this.#points;
    if (points.length > 0) this.#collector.addChecked(idOf(this.#file), points, undefined);
    points.clear();
  }

  /** A header that is missing or short would swallow points: the first line is words, the sixth one number. */
  #checkHeader(bytes: Uint8Array, start: number, end: number, line: number): void {
    const isWrong =
      (line === 1 && !/[A-Za-z]/.test(String.fromCharCode(bytes[start]!))) ||
      (line === HEADER_LINES && bytes.subarray(start, end).includes(COMMA));
    if (!isWrong) return;
    const text = quoted(textOf(bytes, start, end));
    throw damage("missing header", `a PLT file must begin with six header lines, got ${text}`, {
      file: this.#file,
      line,
    });
  }

  #point(bytes: Uint8Array, start: number, end: number, line: number): void {
    const { ledger } = this.#collector;
    const ends = this.#ends;
    ledger.records++;
    const count = splitFields(bytes, start, end, COMMA, ends);
    if (count !== FIELDS) {
      const got = count > FIELDS ? "more" : String(count);
      ledger.reject("wrong number of fields", `a point must have ${FIELDS} fields, got ${got}`, {
        file: this.#file,
        line,
      });
      return;
    }
    const latitude = parseDecimal(bytes, start, ends[0]!);
    const longitude = parseDecimal(bytes, ends[0]! + 1, ends[1]!);
    const timeMs =
      this.#dateOf(bytes, ends[4]! + 1, ends[5]!) + parseTimeOfDay(bytes, ends[5]! + 1, ends[6]!);
    if (Number.isNaN(latitude)) this.#rejectField(bytes, start, start, ends[0]!, "latitude", line);
    else if (Number.isNaN(longitude))
      this.#rejectField(bytes, start, ends[0]! + 1, ends[1]!, "longitude", line);
    else if (Number.isNaN(timeMs)) this.#rejectField(bytes, start, ends[4]! + 1, ends[6]!, "date,time", line);
    else if (this.#collector.isPosition(longitude, latitude, line)) {
      if (!this.#collector.isLater(timeMs, this.#points.lastTimeMs, line)) return;
      this.#points.add(longitude, latitude, timeMs, line);
    }
  }

  #dateOf(bytes: Uint8Array, start: number, end: number): number {
    const date = this.#date;
    let isSame = end - start === 10;
    for (let i = 0; isSame && i < 10; i++) isSame = bytes[start + i] === date[i];
    if (isSame) return this.#dateMs;
    const dateMs = parseDate(bytes, start, end);
    if (end - start === 10) {
      date.set(bytes.subarray(start, end));
      this.#dateMs = dateMs;
    }
    return dateMs;
  }

  #rejectField(
    bytes: Uint8Array,
    lineStart: number,
    start: number,
    end: number,
    name: string,
    line: number,
  ): void {
    const required = name === "date,time" ? "yyyy-mm-dd,hh:mm:ss" : "a number";
    const got = quoted(textOf(bytes, start, end));
    this.#collector.ledger.reject(
      name === "date,time" ? "not a time" : "not a number",
      `${name} must be ${required}, got ${got}`,
      { file: this.#file, line, column: start - lineStart + 1 },
    );
  }
}

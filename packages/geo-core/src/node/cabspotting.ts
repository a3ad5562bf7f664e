import { checkOptions } from "../foundation/check-options.js";
import { parseDecimal, quoted, splitFields, textOf } from "../reading/bytes.js";
import type { TrajectoryCollector } from "../reading/collector.js";
import type { LineParser } from "../reading/lines.js";
import { type ReadOptions, STREAM_OPTION_NAMES, type StreamOptions } from "../reading/options.js";
import { PointBuffer } from "../reading/point-buffer.js";
import type { ReadReport } from "../reading/report.js";
import { type Format, parseLines } from "../reading/run.js";
import { stemOf } from "../reading/source.js";
import type { TrajectoryBatch, TrajectoryStream } from "../reading/stream.js";
import { readPath, streamPath } from "./internal/read-path.js";

/** Part of a Cabspotting data set. */
export interface CabspottingBatch extends TrajectoryBatch {
  /** The cab of each trip, `abboip`; `[trips]`. */
  readonly cabs: readonly string[];
}

/**
 * Reads Cabspotting (CRAWDAD epfl/mobility): one `new_<cab>.txt` a San Francisco cab, of `lat lon occupied unixtime`
 * lines. A trip is a run of lines with `occupied` 1.
 *
 * The files run from new to old, or (in some copies) from old to new: the first two different times of a file tell,
 * and every later line must go on that way. Trips always run forward in time, and stand in the file's order. Their ids
 * are `cab/start`, the start in Unix seconds.
 *
 * A record is a line; a sound line with `occupied` 0 is left out as `vacant`.
 *
 * @param path a folder or zip of `new_*.txt` files, or one such file; `.gz` too
 * @throws {FormatError} (strict) a broken line, a position out of range, times out of order, an empty or damaged file
 * @throws {ValueError} nothing at `path`
 */
export async function readCabspotting(
  path: string,
  options: ReadOptions = {},
): Promise<CabspottingBatch & { readonly report: ReadReport }> {
  return readPath(path, options, cabspottingFormat("readCabspotting", options));
}

/** {@link readCabspotting} in batches. */
export function streamCabspotting(
  path: string,
  options: StreamOptions = {},
): TrajectoryStream<CabspottingBatch> {
  return streamPath(path, options, cabspottingFormat("streamCabspotting", options));
}

function cabspottingFormat(where: string, options: StreamOptions): Format<string, CabspottingBatch> {
  checkOptions(where, options, STREAM_OPTION_NAMES);
  return {
    where,
    coordinateSystem: "lonlat",
    accepts: (name) => /^new_.*\.txt$/i.test(name),
    read: (file, reading) => parseLines(file, reading, new CabParser(file.label, reading.collector)),
    toBatch: ({ trajectories, attributes }) => ({ trajectories, cabs: attributes }),
  };
}

const SPACE = 32;
const FIELDS = 4;
const NAMES = ["latitude", "longitude", "occupied", "unixtime"];

class CabParser implements LineParser {
  readonly #file: string;
  readonly #cab: string;
  readonly #collector: TrajectoryCollector<string>;
  readonly #ends = new Int32Array(FIELDS);
  readonly #values = new Float64Array(FIELDS);
  readonly #trip = new PointBuffer();
  #lastTimeMs = Number.NaN;
  /** 1 from old to new, −1 from new to old, 0 before two times are known. */
  #direction = 0;

  constructor(file: string, collector: TrajectoryCollector<string>) {
    this.#file = file;
    this.#cab = stemOf(file).replace(/^new_/i, "");
    this.#collector = collector;
  }

  line(bytes: Uint8Array, start: number, end: number, line: number): void {
    const { ledger } = this.#collector;
    ledger.records++;
    if (!this.#parse(bytes, start, end, line)) return;
    const [latitude, longitude, occupied, seconds] = this.#values;
    const timeMs = 1000 * seconds!;
    if (!this.#collector.isPosition(longitude!, latitude!, line)) return;
    if (!this.#isInOrder(timeMs, line)) return;
    this.#lastTimeMs = timeMs;
    if (occupied === 0) {
      ledger.exclude("vacant", { file: this.#file, line });
      this.#endTrip();
    } else {
      this.#trip.add(longitude!, latitude!, timeMs, line);
    }
  }

  finish(): void {
    this.#endTrip();
  }

  /** The line's four numbers into `#values`; rejects the line where they are not. */
  #parse(bytes: Uint8Array, start: number, end: number, line: number): boolean {
    const { ledger } = this.#collector;
    const ends = this.#ends;
    if (splitFields(bytes, start, end, SPACE, ends) !== FIELDS) {
      const got = quoted(textOf(bytes, start, end));
      ledger.reject("wrong number of fields", `a line must have ${FIELDS} fields, got ${got}`, {
        file: this.#file,
        line,
      });
      return false;
    }
    let from = start;
    for (let i = 0; i < FIELDS; i++) {
      const value = parseDecimal(bytes, from, ends[i]!);
      const isFlag = i === 2;
      if (Number.isNaN(value) || (isFlag && value !== 0 && value !== 1)) {
        const got = quoted(textOf(bytes, from, ends[i]!));
        ledger.reject("not a number", `${NAMES[i]} must be ${isFlag ? "0 or 1" : "a number"}, got ${got}`, {
          file: this.#file,
          line,
          column: from - start + 1,
        });
        return false;
      }
      this.#values[i] = value;
      from = ends[i]! + 1;
    }
    return true;
  }

  #isInOrder(timeMs: number, line: number): boolean {
    if (Number.isNaN(this.#lastTimeMs)) return true;
    if (this.#direction === 0) this.#direction = Math.sign(timeMs - this.#lastTimeMs);
    if (this.#direction === -1) return this.#collector.isEarlier(timeMs, this.#lastTimeMs, line);
    return this.#collector.isLater(timeMs, this.#lastTimeMs, line);
  }

  #endTrip(): void {
    const trip = this.#trip;
    if (trip.length === 0) return;
    if (this.#direction === -1) trip.reverse();
    this.#collector.addChecked(`${this.#cab}/${trip.firstTimeMs / 1000}`, trip, this.#cab);
    trip.clear();
  }
}

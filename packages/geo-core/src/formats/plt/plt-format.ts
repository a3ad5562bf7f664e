import { parseDecimalText, quoted, textOf } from "../../reading/bytes.js";
import type { TrajectoryCollector } from "../../reading/collector.js";
import { parseIsoTime } from "../../reading/iso-time.js";
import { damage } from "../../reading/ledger.js";
import type { LineParser } from "../../reading/lines.js";
import { PointBuffer } from "../../reading/point-buffer.js";
import { type Format, parseLines } from "../../reading/run.js";
import { stemOf } from "../../reading/source.js";
import type { TrajectoryBatch } from "../../reading/stream.js";
import { msOfSerial } from "../../reading/time-values.js";

/** OziExplorer's and GeoLife's PLT: each segment is a trajectory; a record is a line behind the six of the header. */
export function pltFormat(where: string): Format<undefined, TrajectoryBatch> {
  return {
    where,
    coordinateSystem: "lonlat",
    accepts: (name) => /\.plt$/i.test(name),
    async *read(file, reading) {
      yield* parseLines(file, reading, new PltParser(file.label, reading.collector));
      reading.mayBeEmpty = true;
    },
    toBatch: ({ trajectories }) => ({ trajectories }),
  };
}

const HEADER_LINES = 6;
const METERS_PER_FOOT = 0.3048;
const NO_ALTITUDE = -777;

class PltParser implements LineParser {
  readonly #file: string;
  readonly #collector: TrajectoryCollector<undefined>;
  readonly #points = new PointBuffer();
  #lines = 0;
  #segment = 0;
  #isGeoLife = false;

  constructor(file: string, collector: TrajectoryCollector<undefined>) {
    this.#file = file;
    this.#collector = collector;
  }

  line(bytes: Uint8Array, start: number, end: number, line: number): void {
    const text = textOf(bytes, start, end).trim();
    if (this.#lines++ < HEADER_LINES) this.#header(text, this.#lines, line);
    else this.#point(text, line);
  }

  finish(): void {
    this.#endSegment();
  }

  #header(text: string, index: number, line: number): void {
    const at = { file: this.#file, line };
    if (index === 1 && !/OziExplorer Track Point File|GeoLife/i.test(text)) {
      throw damage("broken header", `a PLT file must begin with its name, got ${quoted(text)}`, at);
    }
    if (index === 1) this.#isGeoLife = /GeoLife/i.test(text);
    if (index === 2 && !/^WGS ?84$/i.test(text)) {
      throw damage("other coordinate system", `the datum must be WGS 84, got ${quoted(text)}`, at);
    }
  }

  #point(text: string, line: number): void {
    const { ledger } = this.#collector;
    const at = { file: this.#file, line };
    ledger.records++;
    const fields = text.split(",").map((field) => field.trim());
    if (fields.length < 5) {
      ledger.reject("wrong number of fields", `a line must have 5 fields or more, got ${fields.length}`, at);
      return;
    }
    const [latitude, longitude, breaks, feet] = fields.slice(0, 4).map(parseDecimalText);
    if (Number.isNaN(latitude) || Number.isNaN(longitude)) {
      ledger.reject("not a number", `a position must be two numbers, got ${quoted(text)}`, at);
      return;
    }
    // GeoLife's third field is always 0, and means nothing.
    if (breaks === 1 && !this.#isGeoLife && this.#points.length > 0) this.#endSegment();
    this.#points.add(longitude!, latitude!, this.#timeOf(fields, at), line);
    if (!Number.isNaN(feet) && feet !== NO_ALTITUDE)
      this.#points.set("elevationMeters", feet! * METERS_PER_FOOT);
  }

  /** The date and time where they are written in ISO order, else the days since 1899-12-30, to the millisecond. */
  #timeOf(fields: readonly string[], at: { readonly file: string; readonly line: number }): number {
    const [days, date, time] = fields.slice(4, 7);
    const written = date !== undefined && time !== undefined ? parseIsoTime(`${date} ${time}`) : Number.NaN;
    if (!Number.isNaN(written)) return written;
    const value = parseDecimalText(days!);
    if (value === 0) return Number.NaN;
    if (!Number.isNaN(value)) return msOfSerial(value);
    if (days !== "" && this.#collector.wantsTimes) {
      this.#collector.ledger.mendOrThrow("time not read", `days must be a number, got ${quoted(days!)}`, at);
    }
    return Number.NaN;
  }

  #endSegment(): void {
    const points = this.#points;
    if (points.length === 0) return;
    const id = this.#segment === 0 ? stemOf(this.#file) : `${stemOf(this.#file)}/${this.#segment}`;
    this.#segment++;
    this.#collector.add(
      {
        id,
        positions: points.positions(),
        timesMs: points.timesMs(),
        columns: points.columns(),
        lines: points.lines(),
        records: "points",
      },
      undefined,
    );
    points.clear();
  }
}

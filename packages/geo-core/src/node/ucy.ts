import { checkPositive } from "../foundation/validate.js";
import { parseDecimal, quoted, textOf } from "./internal/bytes.js";
import type { TrajectoryCollector } from "./internal/collector.js";
import type { LineParser } from "./internal/lines.js";
import { PointBuffer } from "./internal/point-buffer.js";
import { type Format, parseLines, readFormat, streamFormat } from "./internal/read-files.js";
import { stemOf } from "./internal/source.js";
import type { ReadOptions, ReadReport, StreamOptions, TrajectoryBatch, TrajectoryStream } from "./reading.js";

/** How ETH/UCY frame numbers become times. */
export interface UcyTiming {
  /** Frame numbers between two observations. @defaultValue 10 */
  readonly frameStep?: number;
  /** Milliseconds between two observations. @defaultValue 400 */
  readonly frameIntervalMs?: number;
}

/** Part of an ETH/UCY data set. */
export interface UcyBatch extends TrajectoryBatch {
  /** The scene (the file's name without extension) of each pedestrian; `[pedestrians]`. */
  readonly scenes: readonly string[];
}

/**
 * Reads pedestrian scenes in the text form of ETH/UCY: `frame pedestrian x y` lines with tabs or spaces between,
 * positions in metres on the plane.
 *
 * A record is a line. A trajectory is a pedestrian of a file, in order of first appearance; ids are
 * `scene/pedestrian`, `students001/17`. Times are `frame / frameStep × frameIntervalMs`, milliseconds since the
 * recording's frame 0. Lines may interleave pedestrians, but each pedestrian's frames must increase.
 *
 * @param path a text file, or a folder or zip of `.txt` files; `.gz` too
 * @throws {FormatError} (strict) a broken line, frames out of order, an empty or damaged file
 * @throws {ValueError} nothing at `path`, or a timing that is not positive
 */
export function readUcy(
  path: string,
  options: ReadOptions & UcyTiming = {},
): Promise<UcyBatch & { readonly report: ReadReport }> {
  return readFormat(path, options, ucyFormat("readUcy", options));
}

/** {@link readUcy} in batches. A file's pedestrians are held in memory until its end. */
export function streamUcy(path: string, options: StreamOptions & UcyTiming = {}): TrajectoryStream<UcyBatch> {
  return streamFormat(path, options, ucyFormat("streamUcy", options));
}

function ucyFormat(where: string, timing: UcyTiming): Format<string, UcyBatch> {
  const { frameStep = 10, frameIntervalMs = 400 } = timing;
  checkPositive(where, "frameStep", frameStep);
  checkPositive(where, "frameIntervalMs", frameIntervalMs);
  return {
    where,
    coordinateSystem: "planar",
    withTimes: true,
    accepts: (name) => /\.txt$/i.test(name),
    read: (file, reading) =>
      parseLines(file, reading, new UcyParser(file.label, reading.collector, frameStep, frameIntervalMs)),
    toBatch: ({ trajectories, attributes }) => ({ trajectories, scenes: attributes }),
  };
}

const FIELDS = 4;
const NAMES = ["frame", "pedestrian", "x", "y"];

class UcyParser implements LineParser {
  readonly #file: string;
  readonly #scene: string;
  readonly #collector: TrajectoryCollector<string>;
  readonly #frameStep: number;
  readonly #frameIntervalMs: number;
  readonly #values = new Float64Array(FIELDS);
  readonly #pedestrians = new Map<number, PointBuffer>();

  constructor(
    file: string,
    collector: TrajectoryCollector<string>,
    frameStep: number,
    frameIntervalMs: number,
  ) {
    this.#file = file;
    this.#scene = stemOf(file);
    this.#collector = collector;
    this.#frameStep = frameStep;
    this.#frameIntervalMs = frameIntervalMs;
  }

  line(bytes: Uint8Array, start: number, end: number, line: number): void {
    this.#collector.ledger.records++;
    if (!this.#parse(bytes, start, end, line)) return;
    const [frame, pedestrian, x, y] = this.#values;
    const timeMs = (frame! * this.#frameIntervalMs) / this.#frameStep;
    let points = this.#pedestrians.get(pedestrian!);
    if (!this.#collector.isPosition(x!, y!, line)) return;
    if (points === undefined) {
      points = new PointBuffer();
      this.#pedestrians.set(pedestrian!, points);
    } else if (!this.#collector.isLater(timeMs, points.lastTimeMs, line)) {
      return;
    }
    points.add(x!, y!, timeMs);
  }

  finish(): void {
    for (const [pedestrian, points] of this.#pedestrians) {
      this.#collector.addPoints(`${this.#scene}/${pedestrian}`, points, this.#scene);
    }
  }

  /** The line's four numbers into `#values`; rejects the line where they are not. */
  #parse(bytes: Uint8Array, start: number, end: number, line: number): boolean {
    const { ledger } = this.#collector;
    let count = 0;
    let i = start;
    for (;;) {
      while (i < end && isBlank(bytes[i]!)) i++;
      if (i === end) break;
      const from = i;
      while (i < end && !isBlank(bytes[i]!)) i++;
      if (count === FIELDS) {
        count++;
        break;
      }
      const value = parseDecimal(bytes, from, i);
      if (Number.isNaN(value)) {
        const got = quoted(textOf(bytes, from, i));
        ledger.reject("not a number", `${NAMES[count]} must be a number, got ${got}`, {
          file: this.#file,
          line,
          column: from - start + 1,
        });
        return false;
      }
      this.#values[count++] = value;
    }
    if (count === FIELDS) return true;
    ledger.reject(
      "wrong number of fields",
      `a line must have ${FIELDS} fields, got ${quoted(textOf(bytes, start, end))}`,
      { file: this.#file, line },
    );
    return false;
  }
}

function isBlank(byte: number): boolean {
  return byte === 32 || byte === 9;
}

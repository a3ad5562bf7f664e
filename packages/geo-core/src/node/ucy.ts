import { checkOptions } from "../foundation/check-options.js";
import { checkPositive } from "../foundation/validate.js";
import { parseDecimal, quoted, textOf } from "../reading/bytes.js";
import type { TrajectoryCollector } from "../reading/collector.js";
import type { LineParser } from "../reading/lines.js";
import { type ReadOptions, STREAM_OPTION_NAMES, type StreamOptions } from "../reading/options.js";
import { PointBuffer } from "../reading/point-buffer.js";
import type { ReadReport } from "../reading/report.js";
import { type Format, parseLines } from "../reading/run.js";
import { stemOf } from "../reading/source.js";
import type { TrajectoryBatch, TrajectoryStream } from "../reading/stream.js";
import { readPath, streamPath } from "./internal/read-path.js";

/** How ETH/UCY frame numbers become times. */
export interface UcyTiming {
  /** Frame numbers between two observations. @defaultValue the commonest distance between a pedestrian's frames in the file, 10 without any */
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
export async function readUcy(
  path: string,
  options: ReadOptions & UcyTiming = {},
): Promise<UcyBatch & { readonly report: ReadReport }> {
  return readPath(path, options, ucyFormat("readUcy", options));
}

/** {@link readUcy} in batches. A file's pedestrians are held in memory until its end. */
export function streamUcy(path: string, options: StreamOptions & UcyTiming = {}): TrajectoryStream<UcyBatch> {
  return streamPath(path, options, ucyFormat("streamUcy", options));
}

function ucyFormat(where: string, timing: StreamOptions & UcyTiming): Format<string, UcyBatch> {
  checkOptions(where, timing, [...STREAM_OPTION_NAMES, "frameStep", "frameIntervalMs"]);
  const { frameStep, frameIntervalMs = 400 } = timing;
  if (frameStep !== undefined) checkPositive(where, "frameStep", frameStep);
  checkPositive(where, "frameIntervalMs", frameIntervalMs);
  return {
    where,
    coordinateSystem: "planar",
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
  readonly #frameStep: number | undefined;
  readonly #frameIntervalMs: number;
  readonly #values = new Float64Array(FIELDS);
  readonly #pedestrians = new Map<number, PointBuffer>();

  constructor(
    file: string,
    collector: TrajectoryCollector<string>,
    frameStep: number | undefined,
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
    let points = this.#pedestrians.get(pedestrian!);
    if (!this.#collector.isPosition(x!, y!, line)) return;
    if (points === undefined) {
      points = new PointBuffer();
      this.#pedestrians.set(pedestrian!, points);
    } else if (!this.#collector.isLater(frame!, points.lastTimeMs, line)) {
      return;
    }
    points.add(x!, y!, frame!, line);
  }

  finish(): void {
    const step = this.#frameStep ?? this.#commonStep();
    for (const [pedestrian, points] of this.#pedestrians) {
      // The buffer holds frames; a frame is a fraction of a step.
      const id = `${this.#scene}/${pedestrian}`;
      points.mapTimes((frame) => (frame * this.#frameIntervalMs) / step);
      this.#collector.addChecked(id, points, this.#scene);
    }
    this.#pedestrians.clear();
  }

  /** The commonest distance between two frames of a pedestrian; 10 where there is none. */
  #commonStep(): number {
    const counts = new Map<number, number>();
    for (const points of this.#pedestrians.values()) {
      const frames = points.timesMs();
      for (let i = 1; i < frames.length; i++) {
        const step = frames[i]! - frames[i - 1]!;
        counts.set(step, (counts.get(step) ?? 0) + 1);
      }
    }
    let common = 10;
    let most = 0;
    for (const [step, count] of counts) {
      if (count > most || (count === most && step < common)) [common, most] = [step, count];
    }
    return common;
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

import { emptyRecord } from "../../foundation/lookup.js";
import type { TrajectoryCollector } from "../../reading/collector.js";
import { stemOf } from "../../reading/source.js";
import type { ColumnValue, PointColumn } from "../../trajectories/columns.js";
import { toColumn } from "../geojson/geojson-columns.js";

/** A placemark that is a place with a time. */
export interface TimedPoint {
  readonly x: number;
  readonly y: number;
  /** NaN where the placemark has none. */
  readonly elevation: number;
  readonly timeMs: number;
  readonly values: Readonly<Record<string, ColumnValue>>;
  readonly line: number;
}

interface Folder {
  name: string | undefined;
  readonly points: TimedPoint[];
}

/** Makes trajectories of timed points: those of one folder are one, as loggers and flight trackers write them. */
export class TimedPoints {
  readonly #file: string;
  readonly #collector: TrajectoryCollector<undefined>;
  readonly #open: Folder[] = [{ name: undefined, points: [] }];
  #count = 0;

  constructor(file: string, collector: TrajectoryCollector<undefined>) {
    this.#file = file;
    this.#collector = collector;
  }

  openFolder(): void {
    this.#open.push({ name: undefined, points: [] });
  }

  nameFolder(name: string): void {
    this.#open.at(-1)!.name = name;
  }

  /** A point of the folder that is open; a record. */
  add(point: TimedPoint): void {
    this.#collector.ledger.records++;
    this.#open.at(-1)!.points.push(point);
  }

  /** Ends the folder that was opened last. */
  closeFolder(): void {
    const folder = this.#open.pop();
    if (folder !== undefined) this.#take(folder);
  }

  /** Ends all folders. */
  finish(): void {
    while (this.#open.length > 0) this.closeFolder();
  }

  #take({ name, points }: Folder): void {
    if (points.length === 0) return;
    if (points.length === 1) {
      this.#collector.ledger.exclude("no line", { file: this.#file, line: points[0]!.line });
      return;
    }
    const columns = emptyRecord<PointColumn>();
    if (points.some(({ elevation }) => !Number.isNaN(elevation)))
      columns.elevationMeters = Float64Array.from(points, ({ elevation }) => elevation);
    for (const key of new Set(points.flatMap(({ values }) => Object.keys(values))))
      columns[key] = toColumn(points.map(({ values }) => values[key] ?? null));
    this.#collector.add(
      {
        id: `${stemOf(this.#file)}/points${this.#count++ === 0 ? "" : `/${this.#count - 1}`}`,
        positions: Float64Array.from(points.flatMap(({ x, y }) => [x, y])),
        timesMs: Float64Array.from(points, ({ timeMs }) => timeMs),
        columns,
        // "name" is the points' own.
        properties: name === undefined ? {} : { folder: name },
        lines: Float64Array.from(points, ({ line }) => line),
        records: "points",
      },
      undefined,
    );
  }
}

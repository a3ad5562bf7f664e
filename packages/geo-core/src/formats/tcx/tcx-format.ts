import { lookup } from "../../foundation/lookup.js";
import { parseDegrees } from "../../reading/angle.js";
import { parseDecimalText, quoted } from "../../reading/bytes.js";
import type { TrajectoryCollector } from "../../reading/collector.js";
import { parseIsoTime } from "../../reading/iso-time.js";
import { PointBuffer } from "../../reading/point-buffer.js";
import type { Format } from "../../reading/run.js";
import { stemOf } from "../../reading/source.js";
import type { TrajectoryBatch } from "../../reading/stream.js";
import type { ColumnValue } from "../../trajectories/columns.js";
import { readXml, type XmlElement, type XmlHandler } from "../xml/read-xml.js";

const TCX = { root: "TrainingCenterDatabase", name: "TCX", reason: "not TCX" } as const;

/** TCX: each activity, lap after lap, and each course is a trajectory; a record is a trackpoint. */
export function tcxFormat(where: string): Format<undefined, TrajectoryBatch> {
  return {
    where,
    coordinateSystem: "lonlat",
    accepts: (name) => /\.tcx$/i.test(name),
    read: (file, reading) =>
      readXml(file, reading, TCX, (line) => new TcxHandler(file.label, reading.collector, line)),
    toBatch: ({ trajectories }) => ({ trajectories }),
  };
}

/** Leaves of a trackpoint that become columns. */
const COLUMNS: Readonly<Record<string, string>> = {
  AltitudeMeters: "elevationMeters",
  DistanceMeters: "distanceMeters",
  Cadence: "cadence",
  RunCadence: "cadence",
  Speed: "speed",
  Watts: "powerWatts",
};

interface OpenPoint {
  readonly line: number;
  latitude: string;
  longitude: string;
  time: string;
  readonly values: [name: string, value: number][];
}

class TcxHandler implements XmlHandler {
  readonly #file: string;
  readonly #collector: TrajectoryCollector<undefined>;
  readonly #line: () => number;
  readonly #path: string[] = [];
  readonly #points = new PointBuffer();
  #index = 0;
  #properties: Record<string, ColumnValue> = {};
  #point: OpenPoint | undefined;

  constructor(file: string, collector: TrajectoryCollector<undefined>, line: () => number) {
    this.#file = file;
    this.#collector = collector;
    this.#line = line;
  }

  open({ name, attributes }: XmlElement): void {
    this.#path.push(name);
    if (name === "Activity" || name === "Course") {
      this.#properties = attributes.Sport === undefined ? {} : { sport: attributes.Sport };
    } else if (name === "Trackpoint") {
      this.#collector.ledger.records++;
      this.#point = { line: this.#line(), latitude: "", longitude: "", time: "", values: [] };
    }
  }

  close({ name }: XmlElement, text: string): void {
    this.#path.pop();
    const parent = this.#path.at(-1);
    const point = this.#point;
    if (name === "Trackpoint" && point !== undefined) this.#endPoint(point);
    else if (point !== undefined) this.#pointText(point, name, parent, text);
    else if ((name === "Id" && parent === "Activity") || (name === "Name" && parent === "Course")) {
      this.#properties[name === "Id" ? "activityId" : "name"] = text;
    } else if (name === "Notes" && parent === "Activity" && text !== "") this.#properties.notes = text;
    else if (name === "Activity" || name === "Course") this.#endTrajectory();
  }

  finish(): void {
    if (this.#point !== undefined) {
      const at = { file: this.#file, line: this.#point.line };
      this.#collector.ledger.reject("broken off", "the document ends within a point", at);
      this.#point = undefined;
    }
    this.#endTrajectory();
  }

  #pointText(point: OpenPoint, name: string, parent: string | undefined, text: string): void {
    if (name === "LatitudeDegrees") point.latitude = text;
    else if (name === "LongitudeDegrees") point.longitude = text;
    else if (name === "Time" && parent === "Trackpoint") point.time = text;
    else {
      const column = name === "Value" && parent === "HeartRateBpm" ? "heartRate" : lookup(COLUMNS, name);
      const value = parseDecimalText(text);
      if (column !== undefined && !Number.isNaN(value)) point.values.push([column, value]);
    }
  }

  #endPoint(point: OpenPoint): void {
    this.#point = undefined;
    const { latitude, longitude, line } = point;
    const at = { file: this.#file, line };
    if (latitude === "" && longitude === "") {
      this.#collector.ledger.exclude("no position", at);
      return;
    }
    const [x, y] = [parseDegrees(longitude, "longitude"), parseDegrees(latitude, "latitude")];
    if (Number.isNaN(x) || Number.isNaN(y)) {
      const message = `a position must be two numbers, got ${quoted(latitude)}, ${quoted(longitude)}`;
      this.#collector.ledger.reject("not a number", message, at);
      return;
    }
    let timeMs = Number.NaN;
    if (point.time !== "") {
      timeMs = parseIsoTime(point.time);
      if (Number.isNaN(timeMs) && this.#collector.wantsTimes) {
        this.#collector.ledger.mendOrThrow(
          "time not read",
          `Time must be ISO 8601, got ${quoted(point.time)}`,
          at,
        );
      }
    }
    this.#points.add(x, y, timeMs, line);
    for (const [name, value] of point.values) this.#points.set(name, value);
  }

  #endTrajectory(): void {
    const points = this.#points;
    if (points.length === 0) return;
    this.#collector.add(
      {
        id: `${stemOf(this.#file)}/${this.#index++}`,
        positions: points.positions(),
        timesMs: points.timesMs(),
        columns: points.columns(),
        properties: this.#properties,
        lines: points.lines(),
        records: "points",
      },
      undefined,
    );
    points.clear();
  }
}

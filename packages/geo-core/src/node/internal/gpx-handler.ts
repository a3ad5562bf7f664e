import type { GpxTrack } from "../gpx.js";
import { parseDecimalText, quoted } from "./bytes.js";
import type { TrajectoryCollector } from "./collector.js";
import { PointBuffer } from "./point-buffer.js";
import { stemOf } from "./source.js";
import { parseIsoTime } from "./times.js";

/** A point element under way. */
interface OpenPoint {
  readonly line: number;
  /** How many elements enclose it, itself included. */
  readonly depth: number;
  readonly latitude: string | undefined;
  readonly longitude: string | undefined;
  readonly isWaypoint: boolean;
  time: string | undefined;
}

/** Turns a GPX document's elements into trajectories. */
export class GpxHandler {
  readonly #file: string;
  readonly #collector: TrajectoryCollector<GpxTrack>;
  readonly #ignoreTimes: boolean;
  readonly #line: () => number;
  readonly #path: string[] = [];
  readonly #points = new PointBuffer();
  readonly #counts = { track: 0, route: 0, segment: 0 };
  #firstLine = 0;
  #name: string | undefined;
  #type: string | undefined;
  #point: OpenPoint | undefined;
  #text = "";

  constructor(
    file: string,
    collector: TrajectoryCollector<GpxTrack>,
    ignoreTimes: boolean,
    line: () => number,
  ) {
    this.#file = file;
    this.#collector = collector;
    this.#ignoreTimes = ignoreTimes;
    this.#line = line;
  }

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    const parent = this.#path.at(-1);
    this.#path.push(name);
    this.#text = "";
    if (name === "trk" || name === "rte") {
      this.#name = undefined;
      this.#type = undefined;
      this.#counts.segment = 0;
    }
    if (isPoint(name)) this.#openPoint(name, parent, attributes);
  }

  /** Only the short texts of names and times are wanted; they may come in parts. */
  text(text: string): void {
    if (this.#text.length < 1000) this.#text += text;
  }

  close(name: string): void {
    const isOpenPoint = this.#path.length === this.#point?.depth;
    this.#path.pop();
    const parent = this.#path.at(-1);
    const text = this.#text.trim();
    this.#text = "";
    if (isOpenPoint) {
      this.#endPoint();
    } else if (name === "time" && this.#point !== undefined && this.#path.length === this.#point.depth) {
      this.#point.time = text;
    } else if (parent === "trk" || parent === "rte") {
      if (name === "name") this.#name = text;
      if (name === "type") this.#type = text;
    }
    if (name === "trkseg") this.#endTrajectory("track", this.#counts.segment++);
    else if (name === "trk") this.#counts.track++;
    else if (name === "rte") {
      this.#endTrajectory("route", 0);
      this.#counts.route++;
    }
  }

  /** The document broke off: what is whole of the segment under way is kept. */
  finish(): void {
    if (this.#point !== undefined) {
      this.#reject("broken off", "the document ends within a point", this.#point.line);
    }
    this.#endTrajectory(this.#path.includes("rte") ? "route" : "track", this.#counts.segment);
  }

  #openPoint(
    name: keyof typeof PARENTS,
    parent: string | undefined,
    attributes: Readonly<Record<string, string>>,
  ): void {
    const line = this.#line();
    this.#collector.ledger.records++;
    if (this.#point !== undefined || parent !== PARENTS[name]) {
      const got = this.#point === undefined ? (parent ?? "none") : "a place in another point";
      this.#reject("misplaced point", `${name} must stand in ${PARENTS[name]}, got ${got}`, line);
      return;
    }
    this.#point = {
      line,
      depth: this.#path.length,
      latitude: attributes.lat,
      longitude: attributes.lon,
      isWaypoint: name === "wpt",
      time: undefined,
    };
  }

  #endPoint(): void {
    const point = this.#point;
    this.#point = undefined;
    if (point === undefined) return;
    const { line } = point;
    if (point.isWaypoint) {
      this.#collector.ledger.exclude("waypoint", { file: this.#file, line });
      return;
    }
    const longitude = parseDecimalText(point.longitude ?? "");
    const latitude = parseDecimalText(point.latitude ?? "");
    if (Number.isNaN(longitude) || Number.isNaN(latitude)) {
      const got = `lat=${quoted(point.latitude ?? "")} lon=${quoted(point.longitude ?? "")}`;
      this.#reject("not a number", `a point must have lat and lon, got ${got}`, line);
      return;
    }
    if (!this.#collector.isPosition(longitude, latitude, line)) return;
    const timeMs = this.#timeOf(point);
    if (timeMs === undefined) return;
    if (this.#points.length === 0) this.#firstLine = line;
    this.#points.add(longitude, latitude, timeMs);
  }

  /** The point's time, NaN where its segment has none; undefined where the point was rejected for it. */
  #timeOf(point: OpenPoint): number | undefined {
    if (this.#ignoreTimes) return Number.NaN;
    const { time, line } = point;
    const isFirst = this.#points.length === 0;
    const segmentHasTimes = isFirst ? time !== undefined : !Number.isNaN(this.#points.lastTimeMs);
    if (segmentHasTimes !== (time !== undefined)) {
      const message = segmentHasTimes
        ? "a point must have a time as those before it, got none"
        : "a point must have no time as those before it, got one";
      this.#reject("mixed times", message, line);
      return undefined;
    }
    if (time === undefined) return Number.NaN;
    const timeMs = parseIsoTime(time);
    if (Number.isNaN(timeMs)) {
      this.#reject("not a time", `time must be ISO 8601, got ${quoted(time)}`, line);
      return undefined;
    }
    if (!isFirst && !this.#collector.isLater(timeMs, this.#points.lastTimeMs, line)) return undefined;
    return timeMs;
  }

  #endTrajectory(kind: "track" | "route", segment: number): void {
    const points = this.#points;
    if (points.length > 0) {
      const index = kind === "track" ? this.#counts.track : this.#counts.route;
      const id = kind === "track" ? `${index}/${segment}` : `r${index}`;
      const hasTimes = !Number.isNaN(points.lastTimeMs);
      if (this.#collector.acceptsTimes(hasTimes, points.length, this.#firstLine)) {
        this.#collector.addPoints(`${stemOf(this.#file)}/${id}`, points, {
          kind,
          index,
          segment,
          name: this.#name,
          type: this.#type,
        });
      }
    }
    points.clear();
  }

  #reject(reason: string, message: string, line: number): void {
    this.#collector.ledger.reject(reason, message, { file: this.#file, line });
  }
}

/** The element that each kind of point stands in. */
const PARENTS = { trkpt: "trkseg", rtept: "rte", wpt: "gpx" } as const;

function isPoint(name: string): name is keyof typeof PARENTS {
  return Object.hasOwn(PARENTS, name);
}

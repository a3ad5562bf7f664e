import { emptyRecord } from "../../foundation/lookup.js";
import { parseDegrees } from "../../reading/angle.js";
import { parseDecimalText, quoted } from "../../reading/bytes.js";
import type { TrajectoryCollector } from "../../reading/collector.js";
import { parseIsoTime } from "../../reading/iso-time.js";
import { PointBuffer } from "../../reading/point-buffer.js";
import { stemOf } from "../../reading/source.js";
import type { ColumnValue } from "../../trajectories/columns.js";
import { isLegalTime } from "../../trajectories/times.js";
import type { XmlElement, XmlHandler } from "../xml/read-xml.js";
import {
  COLUMN,
  columnName,
  ID,
  jsonValue,
  nameOf,
  OWN_NAMESPACE_NAMES,
  PROPERTY,
  TIME,
  UNNAMED,
} from "./gpx-columns.js";

/** Where in a GPX file a trajectory comes from. */
export interface GpxTrack {
  /** `track`: a segment of a `<trk>`, or all of them joined. `route`: a `<rte>`. */
  readonly kind: "track" | "route";
  /** Which `<trk>` or `<rte>` of the file, from 0. */
  readonly index: number;
  /** Which `<trkseg>` of the track, from 0; 0 for a route, and where segments are joined. */
  readonly segment: number;
  /** The `<name>` of the track or route, where it stands before its points, else the file's. */
  readonly name: string | undefined;
  /** The `<type>` of the track or route, such as `running`, where it stands before its points. */
  readonly type: string | undefined;
}

/** A point element under way. */
interface OpenPoint {
  readonly line: number;
  /** How many elements enclose it, itself included. */
  readonly depth: number;
  readonly latitude: string | undefined;
  readonly longitude: string | undefined;
  readonly isWaypoint: boolean;
  time: string;
  /** What our own writer wrote in its place. */
  timeMs: number | undefined;
  readonly values: [name: string, value: ColumnValue][];
}

/** The element that each kind of point stands in. */
const PARENTS: Readonly<Record<string, string>> = { trkpt: "trkseg", rtept: "rte", wpt: "gpx" };

/** What a file says of all that it holds, and stands for a track or route that says nothing of the kind itself. */
const FILE_TEXTS = ["name", "desc", "time"];

/** What a track or route says of itself, and becomes a property. */
const TRACK_TEXTS = ["name", "cmt", "desc", "src", "type", "number"];

/** What a point says of itself in numbers beside its place and time. */
const POINT_NUMBERS = ["ele", "speed", "course", "magvar", "geoidheight", "hdop", "vdop", "pdop", "sat"];

/** Turns a GPX document's elements into trajectories. */
export class GpxHandler implements XmlHandler {
  readonly #file: string;
  readonly #collector: TrajectoryCollector<GpxTrack>;
  readonly #line: () => number;
  readonly #joins: boolean;
  readonly #path: XmlElement[] = [];
  readonly #points = new PointBuffer();
  readonly #counts = { track: 0, route: 0, segment: 0 };
  /** Of the `<metadata>`, or of the `<gpx>` itself in version 1.0. */
  readonly #ofFile = emptyRecord<string>();
  #properties = emptyRecord<ColumnValue>();
  #id: string | undefined;
  #point: OpenPoint | undefined;
  #anyDate = false;

  constructor(
    file: string,
    collector: TrajectoryCollector<GpxTrack>,
    line: () => number,
    segments: "separate" | "join" = "separate",
  ) {
    this.#joins = segments === "join";
    this.#file = file;
    this.#collector = collector;
    this.#line = line;
  }

  open(element: XmlElement): void {
    const parent = this.#path.at(-1);
    this.#path.push(element);
    if (!element.isOwn) return;
    const { name } = element;
    if (name === "trk" || name === "rte") {
      this.#properties = emptyRecord<ColumnValue>();
      this.#id = undefined;
      this.#counts.segment = 0;
    }
    if (Object.hasOwn(PARENTS, name)) this.#openPoint(element, parent);
  }

  close(element: XmlElement, text: string): void {
    const depth = this.#path.length;
    this.#path.pop();
    const parent = this.#path.at(-1);
    const { name, isOwn } = element;
    const point = this.#point;
    if (point !== undefined) {
      if (depth === point.depth) this.#endPoint(point);
      else if (depth === point.depth + 1 && isOwn) this.#pointText(point, name, text);
      else if (text !== "") this.#extension(element, text, (key, value) => point.values.push([key, value]));
      return;
    }
    const isTrackText = isOwn && parent?.isOwn && (parent.name === "trk" || parent.name === "rte");
    if (isTrackText && TRACK_TEXTS.includes(name) && text !== "") {
      this.#properties[name] ??= name === "number" && /^\d{1,15}$/.test(text) ? Number(text) : text;
    }
    if (!isOwn && this.#path.some(({ name: outer }) => outer === "trk" || outer === "rte")) {
      this.#extension(element, text, (key, value) => {
        if (element.name === PROPERTY) this.#properties[key] = value;
      });
      if (name === UNNAMED) delete this.#properties.name;
      const id = name === ID ? jsonValue(text) : undefined;
      if (typeof id === "string") this.#id = id;
    }
    if (!isOwn) return;
    if (this.#isOfFile() && FILE_TEXTS.includes(name) && text !== "") this.#ofFile[name] ??= text;
    if (name === "trkseg") {
      if (!this.#joins) this.#endTrajectory("track", this.#counts.segment++);
    } else if (name === "trk") {
      if (this.#joins) this.#endTrajectory("track", 0);
      this.#counts.track++;
    } else if (name === "rte") {
      this.#endTrajectory("route", 0);
      this.#counts.route++;
    }
  }

  /** The document has ended; where it broke off, what is whole of the segment under way is kept. */
  finish(): void {
    if (this.#point !== undefined) {
      this.#reject("broken off", "the document ends within a point", this.#point.line);
      this.#point = undefined;
    }
    if (this.#points.length === 0) return;
    const isRoute = this.#path.some(({ name }) => name === "rte");
    this.#endTrajectory(isRoute ? "route" : "track", this.#counts.segment);
  }

  /** Whether the element that closes stands in the file's `<metadata>`, or right in its `<gpx>`. */
  #isOfFile(): boolean {
    const [, inner] = this.#path;
    return this.#path.length === 1 || (this.#path.length === 2 && inner!.isOwn && inner!.name === "metadata");
  }

  /** What a track or route says of itself, and what the file says in its place: its time only where no point has one. */
  #allProperties(hasTimes: boolean): Readonly<Record<string, ColumnValue>> {
    const { time, ...texts } = this.#ofFile;
    return { ...texts, ...(time === undefined || hasTimes ? {} : { time }), ...this.#properties };
  }

  #openPoint({ name, attributes }: XmlElement, parent: XmlElement | undefined): void {
    const line = this.#line();
    this.#collector.ledger.records++;
    if (this.#point !== undefined || parent?.name !== PARENTS[name]) {
      const got = this.#point === undefined ? (parent?.name ?? "none") : "a place in another point";
      this.#reject("misplaced point", `${name} must stand in ${PARENTS[name]}, got ${got}`, line);
      return;
    }
    const { lat: latitude, lon: longitude } = attributes;
    const isWaypoint = name === "wpt";
    this.#point = {
      line,
      depth: this.#path.length,
      latitude,
      longitude,
      isWaypoint,
      time: "",
      timeMs: undefined,
      values: [],
    };
  }

  #pointText(point: OpenPoint, name: string, text: string): void {
    if (name === "time") {
      point.time ||= text;
    } else if (POINT_NUMBERS.includes(name) && text !== "") {
      const value = parseDecimalText(text);
      if (!Number.isNaN(value)) point.values.push([columnName(name), value]);
      else this.#collector.ledger.mend("value not read", { file: this.#file, line: point.line });
    }
  }

  /** A leaf of an extension: our own element with a name and type, or a device's. */
  #extension(element: XmlElement, text: string, set: (name: string, value: ColumnValue) => void): void {
    const { name, attributes } = element;
    if (name === COLUMN || name === PROPERTY) {
      const key = nameOf(attributes.name);
      const value = jsonValue(text);
      if (key !== undefined && value !== undefined) set(key, value);
      return;
    }
    if (name === TIME && this.#point !== undefined) {
      const timeMs = jsonValue(text);
      if (typeof timeMs === "number" && isLegalTime(timeMs)) this.#point.timeMs = timeMs;
      return;
    }
    if (name === ID || name === UNNAMED || OWN_NAMESPACE_NAMES.has(name)) return;
    const number = parseDecimalText(text);
    set(columnName(name), Number.isNaN(number) ? text : number);
  }

  #endPoint(point: OpenPoint): void {
    this.#point = undefined;
    const { line } = point;
    if (point.isWaypoint) {
      this.#collector.ledger.exclude("waypoint", { file: this.#file, line });
      return;
    }
    const longitude = parseDegrees(point.longitude ?? "", "longitude");
    const latitude = parseDegrees(point.latitude ?? "", "latitude");
    if (Number.isNaN(longitude) || Number.isNaN(latitude)) {
      const got = `lat=${quoted(point.latitude ?? "")} lon=${quoted(point.longitude ?? "")}`;
      this.#reject("not a number", `a point must have lat and lon, got ${got}`, line);
      return;
    }
    if (point.timeMs !== undefined) this.#anyDate = true;
    this.#points.add(longitude, latitude, point.timeMs ?? this.#timeOf(point), line);
    for (const [name, value] of point.values) this.#points.set(name, value);
  }

  /** The point's time; NaN where it has none, or one that cannot be read. */
  #timeOf({ time, line }: OpenPoint): number {
    if (time === "") return Number.NaN;
    const timeMs = parseIsoTime(time);
    if (Number.isNaN(timeMs) && this.#collector.wantsTimes) {
      const message = `time must be ISO 8601, got ${quoted(time)}`;
      this.#collector.ledger.mendOrThrow("time not read", message, { file: this.#file, line });
    }
    return timeMs;
  }

  #endTrajectory(kind: "track" | "route", segment: number): void {
    const points = this.#points;
    if (points.length > 0 || this.#id !== undefined) {
      const index = kind === "track" ? this.#counts.track : this.#counts.route;
      const timesMs = points.timesMs();
      const properties = this.#allProperties(timesMs.some((time) => !Number.isNaN(time)));
      const ownId = kind === "track" ? `${index}/${segment}` : `r${index}`;
      this.#collector.add(
        {
          id: this.#id ?? `${stemOf(this.#file)}/${ownId}`,
          positions: points.positions(),
          timesMs,
          columns: points.columns(),
          properties,
          lines: points.lines(),
          records: "points",
          mayBeEmpty: this.#id !== undefined,
          anyDate: this.#anyDate,
        },
        { kind, index, segment, name: textOr(properties.name), type: textOr(properties.type) },
      );
    }
    points.clear();
    this.#anyDate = false;
  }

  #reject(reason: "broken off" | "misplaced point" | "not a number", message: string, line: number): void {
    this.#collector.ledger.reject(reason, message, { file: this.#file, line });
  }
}

function textOr(value: ColumnValue | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

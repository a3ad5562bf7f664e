import { FormatError } from "../../foundation/errors.js";
import { emptyRecord, lookup } from "../../foundation/lookup.js";
import { parseDecimalText, quoted } from "../../reading/bytes.js";
import type { TrajectoryCollector } from "../../reading/collector.js";
import { parseIsoTime } from "../../reading/iso-time.js";
import { stemOf } from "../../reading/source.js";
import type { ColumnValue, PointColumn } from "../../trajectories/columns.js";
import type { XmlElement, XmlHandler } from "../xml/read-xml.js";
import { TimedPoints } from "./timed-points.js";

/** A line or track of the placemark under way. */
interface Found {
  readonly line: number;
  readonly coordinates: string[];
  readonly whens: string[];
  /** Values of points by name, as `gx:SimpleArrayData` gives them. */
  readonly arrays: Map<string, string[]>;
}

/** Names of point columns that others write in their own way. */
const COLUMN_NAMES: Readonly<Record<string, string>> = {
  heartrate: "heartRate",
  heart_rate: "heartRate",
  temperature: "temperatureCelsius",
  power: "powerWatts",
};

/** Turns a KML document's placemarks into trajectories. */
export class KmlHandler implements XmlHandler {
  readonly #file: string;
  readonly #collector: TrajectoryCollector<undefined>;
  readonly #line: () => number;
  readonly #path: XmlElement[] = [];
  #placemark = -1;
  #placemarkLine = 0;
  #isInPlacemark = false;
  #properties = emptyRecord<ColumnValue>();
  #dataName: string | undefined;
  #arrayName: string | undefined;
  #found: Found[] = [];
  #open: Found | undefined;
  /** The time and the place of the placemark under way, where it is a point. */
  #when: string | undefined;
  #point: string | undefined;
  readonly #timedPoints: TimedPoints;
  /** The names of the folders and documents that are open, which stand for placemarks without one. */
  readonly #folderNames: (string | undefined)[] = [];

  constructor(file: string, collector: TrajectoryCollector<undefined>, line: () => number) {
    this.#file = file;
    this.#collector = collector;
    this.#line = line;
    this.#timedPoints = new TimedPoints(file, collector);
  }

  open(element: XmlElement): void {
    this.#path.push(element);
    const { name, attributes } = element;
    if (name === "Folder" || name === "Document") {
      this.#timedPoints.openFolder();
      this.#folderNames.push(undefined);
    } else if (name === "Placemark") {
      this.#isInPlacemark = true;
      this.#when = undefined;
      this.#point = undefined;
      this.#placemark++;
      this.#placemarkLine = this.#line();
      this.#properties = emptyRecord<ColumnValue>();
      this.#found = [];
      this.#open = undefined;
    } else if (name === "LineString" || name === "Track") {
      this.#open = { line: this.#line(), coordinates: [], whens: [], arrays: new Map() };
    } else if (name === "Data" || name === "SimpleData") {
      this.#dataName = attributes.name;
      if (name === "SimpleData") this.#arrayName = undefined;
    } else if (name === "SimpleArrayData") {
      this.#arrayName = attributes.name;
    }
  }

  close(element: XmlElement, text: string): void {
    this.#path.pop();
    const parent = this.#path.at(-1)?.name;
    const { name } = element;
    if (name === "Folder" || name === "Document") {
      this.#timedPoints.closeFolder();
      this.#folderNames.pop();
    } else if (name === "name" && (parent === "Folder" || parent === "Document") && text !== "") {
      this.#timedPoints.nameFolder(text);
      this.#folderNames[this.#folderNames.length - 1] = text;
    }
    if (!this.#isInPlacemark) return;
    if (name === "Placemark") {
      this.#endPlacemark();
      return;
    }
    this.#property(name, parent, text);
    if (name === "coordinates" && parent === "Point") this.#point = text;
    else if (name === "when" && parent === "TimeStamp") this.#when = text;
    const open = this.#open;
    if (open === undefined) return;
    if (name === "coordinates" && parent === "LineString") open.coordinates.push(...tuples(text));
    else if (name === "coord" && parent === "Track") open.coordinates.push(text.split(/\s+/).join(","));
    else if (name === "when" && parent === "Track") open.whens.push(text);
    else if (name === "value" && parent === "SimpleArrayData" && this.#arrayName !== undefined) {
      const values = open.arrays.get(this.#arrayName) ?? [];
      open.arrays.set(this.#arrayName, values);
      values.push(text);
    } else if (name === "LineString" || name === "Track") {
      this.#found.push(open);
      this.#open = undefined;
    }
  }

  finish(isWhole: boolean): void {
    if (!isWhole && this.#isInPlacemark) {
      if (this.#open !== undefined) this.#found.push(this.#open);
      this.#endPlacemark();
    }
    this.#timedPoints.finish();
  }

  #property(name: string, parent: string | undefined, text: string): void {
    if (text === "") return;
    if (parent === "Placemark" && ["name", "description", "address"].includes(name))
      this.#properties[name] = text;
    else if (name === "value" && parent === "Data" && this.#dataName !== undefined) {
      this.#properties[this.#dataName] = text;
    } else if (name === "SimpleData" && this.#dataName !== undefined) this.#properties[this.#dataName] = text;
  }

  #endPlacemark(): void {
    this.#isInPlacemark = false;
    const { ledger } = this.#collector;
    if (this.#found.length === 0 && this.#point !== undefined && this.#when !== undefined) {
      this.#takePoint(this.#point, this.#when);
    } else if (this.#found.length === 0) {
      ledger.records++;
      ledger.exclude("no line", { file: this.#file, line: this.#placemarkLine });
    }
    const folder = this.#folderNames.findLast((name) => name !== undefined);
    if (folder !== undefined) this.#properties.name ??= folder;
    for (const [part, found] of this.#found.entries()) {
      ledger.records++;
      const id = `${stemOf(this.#file)}/${this.#placemark}${this.#found.length === 1 ? "" : `/${part}`}`;
      this.#take(found, id);
    }
    this.#found = [];
    this.#open = undefined;
  }

  #take({ line, coordinates, whens, arrays }: Found, id: string): void {
    const { ledger } = this.#collector;
    const at = { file: this.#file, line };
    // A gx:Track may leave a coordinate empty: the device lost its fix, and there is no position.
    const points = coordinates.map((_, i) => i).filter((i) => coordinates[i] !== "");
    if (points.length === 0) {
      ledger.exclude("no points", at);
      return;
    }
    // Which time belongs to which position nobody can tell then.
    const isTimed = whens.length === coordinates.length;
    if (whens.length > 0 && !isTimed) {
      const message = `a track must have a time a position (${coordinates.length}), got ${whens.length}`;
      ledger.mendOrThrow("time not read", message, at);
    }
    const positions = new Float64Array(2 * points.length);
    const elevations = new Float64Array(points.length).fill(Number.NaN);
    for (const [i, point] of points.entries()) {
      const [x = Number.NaN, y = Number.NaN, z] = coordinates[point]!.split(",").map((value) =>
        parseDecimalText(value.trim()),
      );
      // The collector leaves out what is no position, as it does those out of range.
      if (Number.isNaN(x) || Number.isNaN(y)) {
        const message = `a position must be lon,lat, got ${quoted(coordinates[point]!)}`;
        if (!ledger.lenient) throw new FormatError(message, at);
      }
      positions[2 * i] = x;
      positions[2 * i + 1] = y;
      elevations[i] = z ?? Number.NaN;
    }
    const isKept = this.#collector.add(
      {
        id,
        positions,
        timesMs: !isTimed ? undefined : Float64Array.from(points, (i) => this.#timeOf(whens[i]!, line)),
        columns: columnsOf(elevations, arrays, points, coordinates.length),
        properties: this.#properties,
        lines: line,
        records: "counted",
      },
      undefined,
    );
    if (isKept) ledger.kept++;
    else ledger.exclude("no points", at);
  }

  /** A place with a time: of a trajectory that the points of its folder make. */
  #takePoint(text: string, when: string): void {
    const line = this.#placemarkLine;
    const [x = Number.NaN, y = Number.NaN, z = Number.NaN] =
      tuples(text)[0]?.split(",").map(parseDecimalText) ?? [];
    if (Number.isNaN(x) || Number.isNaN(y)) {
      const { ledger } = this.#collector;
      ledger.records++;
      ledger.reject("not a number", `a position must be lon,lat, got ${quoted(text)}`, {
        file: this.#file,
        line,
      });
      return;
    }
    const { description: _, ...values } = this.#properties;
    const timeMs = this.#timeOf(when, line);
    this.#timedPoints.add({ x, y, elevation: z, timeMs, values, line });
  }

  #timeOf(text: string, line: number): number {
    if (text === "") return Number.NaN;
    const timeMs = parseIsoTime(text);
    if (Number.isNaN(timeMs) && this.#collector.wantsTimes) {
      const message = `when must be ISO 8601, got ${quoted(text)}`;
      this.#collector.ledger.mendOrThrow("time not read", message, { file: this.#file, line });
    }
    return timeMs;
  }
}

/** The tuples of a coordinates text; some writers put a blank behind a comma. */
function tuples(text: string): string[] {
  // From a run's first blank on only: tried from each of its blanks, a long run would take time by the square of it.
  const tidy = text.replace(/(?<!\s)\s*,\s*/g, ",");
  return tidy === "" ? [] : tidy.split(/\s+/);
}

function columnsOf(
  elevations: Float64Array,
  arrays: ReadonlyMap<string, readonly string[]>,
  points: readonly number[],
  count: number,
): Record<string, PointColumn> {
  const columns = emptyRecord<PointColumn>();
  if (elevations.some((value) => !Number.isNaN(value))) columns.elevationMeters = elevations;
  for (const [name, values] of arrays) {
    if (values.length !== count) continue;
    const numbers = Float64Array.from(points, (i) => parseDecimalText(values[i]!));
    const isNumeric = points.every((i, at) => values[i] === "" || !Number.isNaN(numbers[at]));
    columns[lookup(COLUMN_NAMES, name.toLowerCase()) ?? name] = isNumeric
      ? numbers
      : points.map((i) => values[i]!);
  }
  return columns;
}

import { checkOptions } from "../../foundation/check-options.js";
import { ValueError } from "../../foundation/errors.js";
import { lookup } from "../../foundation/lookup.js";
import { isFloat64Array } from "../../foundation/realms.js";
import { hasIsoForm, toIsoTime } from "../../reading/iso-time.js";
import { checkSet } from "../../trajectories/check-set.js";
import type { ColumnValue, PointColumn } from "../../trajectories/columns.js";
import { isUsualDate } from "../../trajectories/times.js";
import type { TrajectorySet } from "../../trajectories/trajectory-set.js";
import { type AttributeValue, withAttributes } from "../../writing/attributes.js";
import { elevationsOf, valueAt } from "../../writing/further-columns.js";
import { jsonText } from "../../writing/json-text.js";
import { COLUMN, ID, PROPERTY, TIME, UNNAMED, WAYWEAVE_NAMESPACE } from "./gpx-columns.js";

/** How {@link toGpx} writes. */
export interface GpxTextOptions {
  /** Named values to write beside the set's properties, such as labels: a value a trajectory. */
  readonly attributes?: Readonly<Record<string, ArrayLike<AttributeValue>>>;
}

/**
 * A set as GPX 1.1: a track with one segment a trajectory; readers give the same set back. Heights are `ele`, heart rate,
 * cadence and temperature Garmin's extension, name, type and description the track's (the id where there is no name, for
 * programs that list tracks by it); what GPX has no place for stands in extensions of our own.
 *
 * @throws {ValueError} a planar set; an attribute's value
 * @throws {ShapeError} an attribute of the wrong length
 */
export function toGpx(set: TrajectorySet, options: GpxTextOptions = {}): string {
  checkSet("toGpx", set);
  checkOptions("toGpx", options, ["attributes"]);
  return [...gpxParts("toGpx", set, options)].join("");
}

/** The parts of {@link toGpx}; checked before the first. */
export function gpxParts(
  where: string,
  given: TrajectorySet,
  options: GpxTextOptions,
): Generator<string, void> {
  if (given.coordinateSystem !== "lonlat") {
    throw new ValueError(
      `${where}: set must be lonlat, which is all that GPX holds, got ${given.coordinateSystem}`,
    );
  }
  return parts(withAttributes(where, given, options.attributes, []));
}

const GARMIN: Readonly<Record<string, string>> = {
  heartRate: "hr",
  cadence: "cad",
  temperatureCelsius: "atemp",
};

/** Texts of a track in the order that GPX wants. */
const TRACK_TEXTS = ["name", "cmt", "desc", "src", "number", "type"];

function* parts(set: TrajectorySet): Generator<string, void> {
  yield `<?xml version="1.0" encoding="UTF-8"?>
<gpx version="1.1" creator="@wayweave/geo-core" xmlns="http://www.topografix.com/GPX/1/1" xmlns:gpxtpx="http://www.garmin.com/xmlschemas/TrackPointExtension/v1" xmlns:w="${WAYWEAVE_NAMESPACE}">
`;
  for (let i = 0; i < set.length; i++) yield* track(set, i);
  yield "</gpx>\n";
}

function* track(set: TrajectorySet, index: number): Generator<string, void> {
  const { id, coordinates, timesMs } = set.at(index);
  const start = set.offsets[index]!;
  const elevations = elevationsOf(set);
  const columns = Object.entries(set.pointColumns).filter(
    ([name]) => name !== "elevationMeters" || elevations === undefined,
  );
  // A reader does not believe other dates of a device; they go where their unit is named.
  const isUsual =
    timesMs?.every((time) => Number.isNaN(time) || (isUsualDate(time) && hasIsoForm(time))) ?? true;
  yield `<trk>${trackHead(set.propertiesOf(index), id)}<trkseg>\n`;
  for (let k = 0; 2 * k < coordinates.length; k++) {
    let text = `<trkpt lat="${coordinates[2 * k + 1]}" lon="${coordinates[2 * k]}">`;
    const elevation = elevations?.[start + k] ?? Number.NaN;
    if (Number.isFinite(elevation)) text += `<ele>${elevation}</ele>`;
    const time = timesMs?.[k] ?? Number.NaN;
    if (!Number.isNaN(time) && isUsual) text += `<time>${toIsoTime(time)}</time>`;
    const further = columns.map(([name, column]) => pointExtension(name, column, start + k));
    if (!Number.isNaN(time) && !isUsual) further.push({ own: `<w:${TIME}>${time}</w:${TIME}>`, garmin: "" });
    if (Math.abs(elevation) === Number.POSITIVE_INFINITY)
      further.push({ own: ownElement(COLUMN, "elevationMeters", elevation), garmin: "" });
    yield `${text}${pointExtensions(further)}</trkpt>\n`;
  }
  yield "</trkseg></trk>\n";
}

function trackHead(properties: Readonly<Record<string, ColumnValue>>, id: string): string {
  let head = "";
  let extensions = `<w:${ID}>${escaped(xmlJson(id))}</w:${ID}>`;
  if ((properties.name ?? null) === null && isTrackText("name", id)) {
    head += `<name>${escaped(id)}</name>`;
    extensions += `<w:${UNNAMED}/>`;
  }
  for (const name of TRACK_TEXTS) {
    const value = properties[name];
    if (isTrackText(name, value)) head += `<${name}>${escaped(String(value))}</${name}>`;
  }
  for (const [name, value] of Object.entries(properties)) {
    if (value !== null && !isTrackText(name, value)) extensions += ownElement(PROPERTY, name, value);
  }
  return `${head}<extensions>${extensions}</extensions>`;
}

/** Whether GPX's own element gives the value back as it is. */
function isTrackText(name: string, value: ColumnValue | undefined): boolean {
  if (!TRACK_TEXTS.includes(name)) return false;
  if (name === "number") return Number.isSafeInteger(value) && (value as number) >= 0;
  return typeof value === "string" && value !== "" && value === value.trim() && !NOT_XML.test(value);
}

interface PointExtension {
  readonly own: string;
  readonly garmin: string;
}

function pointExtension(name: string, column: PointColumn, point: number): PointExtension {
  const value = valueAt(column, point);
  if (value === null) return { own: "", garmin: "" };
  const garmin = Number.isFinite(value) && isFloat64Array(column) ? lookup(GARMIN, name) : undefined;
  if (garmin !== undefined)
    return { own: "", garmin: `<gpxtpx:${garmin}>${String(value)}</gpxtpx:${garmin}>` };
  return { own: ownElement(COLUMN, name, value), garmin: "" };
}

function pointExtensions(further: readonly PointExtension[]): string {
  const garmin = further.map((each) => each.garmin).join("");
  const own = further.map((each) => each.own).join("");
  const block = garmin === "" ? "" : `<gpxtpx:TrackPointExtension>${garmin}</gpxtpx:TrackPointExtension>`;
  return block + own === "" ? "" : `<extensions>${block}${own}</extensions>`;
}

function ownElement(element: string, name: string, value: ColumnValue): string {
  return `<w:${element} name="${escaped(encodeURIComponent(name))}">${escaped(xmlJson(value))}</w:${element}>`;
}

/** JSON in which every character may stand in XML. */
function xmlJson(value: ColumnValue): string {
  return jsonText(value).replace(
    NOT_XML_ALL,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Characters that XML 1.0 has no way to write, or that a parser changes. */
const NOT_XML = /[\p{Cc}\p{Cs}\ufffe\uffff]/u;
const NOT_XML_ALL = /[\p{Cc}\p{Cs}\ufffe\uffff]/gu;

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

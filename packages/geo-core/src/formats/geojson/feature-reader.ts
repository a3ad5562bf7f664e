import { FormatError, type FormatLocation } from "../../foundation/errors.js";
import type { TrajectoryCollector } from "../../reading/collector.js";
import type { CrsPolicy } from "../../reading/crs.js";
import { asWritten, isNothing, timeWithDate } from "../../reading/date-and-time.js";
import { PointGrouper } from "../../reading/point-grouper.js";
import { stemOf } from "../../reading/source.js";
import { TimeValues } from "../../reading/time-values.js";
import type { ColumnValue } from "../../trajectories/columns.js";
import { EncodedPolylines } from "../encoded-polyline.js";
import type { Roles } from "../roles.js";
import { sequenceOf } from "../table-roles.js";
import { JsonAnswers, withShared } from "./answers-json.js";
import { type EncodedLine, encodedWayOf } from "./encoded-ways.js";
import {
  type GeoJsonFeatureParts,
  type GeoJsonLine,
  type GeoJsonPoint,
  parseFeature,
} from "./geojson-feature.js";
import type { GeoJsonReadOptions } from "./geojson-options.js";
import { type TimelineSegment, timelineSegmentOf, timelineSegmentsOf } from "./google-timeline.js";
import { isObject, type JsonObject, membersOfBoth, ownMember } from "./json-object.js";
import { jsonRolesOf } from "./json-roles.js";
import { isMovingFeature, movingFeatureOf } from "./moving-features.js";
import { isRecord, JsonRows } from "./rows-json.js";
import { isTrip, tripFeatureOf, withType } from "./trips-json.js";

/** What is known of a trajectory's feature beside what its set holds. */
export interface FeatureAttributes {
  /** As parsed. */
  readonly properties: JsonObject | null;
  /** Which feature of the file, from 0. */
  readonly feature: number;
}

/** Turns parsed features (or trips, moving features, rows) of one file into trajectories. */
export class FeatureReader {
  readonly #where: string;
  readonly #file: string;
  readonly #collector: TrajectoryCollector<FeatureAttributes>;
  readonly #crs: CrsPolicy;
  readonly #options: GeoJsonReadOptions;
  readonly #others: Record<string, number> = {};
  /** The coordinate system of the collection around the features. */
  #collectionCrs: unknown;
  #feature = 0;
  #grouper: PointGrouper<FeatureAttributes> | undefined;
  #pointTimes: TimeValues | undefined;
  #pointRoles: Roles | undefined;
  /** Of the members of points, as far as they were seen. */
  readonly #names = new Set<string>();
  readonly #rows = new JsonRows();
  readonly #encoded = new EncodedPolylines();
  readonly #answers: JsonAnswers;
  #hasLine = false;
  /** Whether the feature under way was a row: a row without an id is a point of the file's only trajectory. */
  #isRow = false;
  /** What the feature under way says itself, which goes before what stands around it. */
  #own: JsonObject | undefined;

  constructor(
    where: string,
    file: string,
    collector: TrajectoryCollector<FeatureAttributes>,
    crs: CrsPolicy,
    options: GeoJsonReadOptions,
  ) {
    this.#where = where;
    this.#file = file;
    this.#collector = collector;
    this.#crs = crs;
    this.#options = options;
    this.#answers = new JsonAnswers(this.#rows, options);
  }

  get featureCount(): number {
    return this.#feature;
  }

  /** Geometries without a line, by type. */
  get others(): Readonly<Record<string, number>> {
    return this.#others;
  }

  /** @throws {FormatError} a coordinate system that the options do not provide for */
  collection(crs: unknown, at: FormatLocation): void {
    this.#collectionCrs = crs ?? undefined;
    this.#crs.transformOf(this.#collectionCrs, at);
  }

  /** The number of the feature that comes next. */
  get next(): number {
    return this.#feature;
  }

  /** A feature that is broken JSON: it has a number all the same. */
  skip(): number {
    return this.#feature++;
  }

  /**
   * One feature, bare geometry, trip, moving feature or row, which is a record; or an answer that holds several.
   *
   * @param shared what the answer around it says of all that it holds; becomes properties
   * @throws {FormatError} (strict) what is invalid
   */
  take(value: unknown, at: FormatLocation, shared: JsonObject = {}): void {
    const segments = timelineSegmentsOf(value);
    for (const segment of segments ?? []) this.take(segment, at);
    if (segments !== undefined) return;
    const segment = timelineSegmentOf(value);
    const line = segment === undefined ? this.#answers.encodedLineOf(value) : undefined;
    const isItem = segment !== undefined || line !== undefined;
    const answer = isItem ? undefined : this.#answers.answerOf(value);
    if (answer !== undefined) {
      const all = membersOfBoth(answer.shared, shared);
      for (const item of answer.items) this.take(item, at, all);
      return;
    }
    const { ledger } = this.#collector;
    const feature = this.#feature;
    ledger.records++;
    try {
      const parts = this.#parse(value, segment, line, { feature, at, shared });
      this.#feature++;
      this.#add(parts, feature, at);
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      if (!ledger.lenient) throw error;
      if (this.#feature === feature) this.#feature++;
      ledger.reject(
        /\bcrs must\b|\bcrs null\b/.test(error.message) ? "other coordinate system" : "invalid feature",
        error.message,
        at,
      );
    }
  }

  /** The points of layers become trajectories; those beside lines that have nothing but a name each are places. */
  finish(): void {
    const isTimed = this.#pointRoles?.time !== undefined;
    if (this.#hasLine && !isTimed && this.#options.otherGeometries === "skip") {
      this.#grouper?.leaveOutSingle("no line: Point");
    }
    // Any point may have been the first with a time, or with a number.
    this.#grouper?.finish({
      hasTimes: isTimed && this.#options.times !== "ignore",
      sequence: isTimed ? undefined : sequenceOf([...this.#names]),
    });
    this.#grouper = undefined;
  }

  #parse(
    value: unknown,
    segment: TimelineSegment | undefined,
    line: EncodedLine | undefined,
    {
      feature,
      at,
      shared,
    }: { readonly feature: number; readonly at: FormatLocation; readonly shared: JsonObject },
  ): GeoJsonFeatureParts {
    const { ledger } = this.#collector;
    this.#isRow = false;
    const context = {
      caller: this.#where,
      where: `feature ${feature}`,
      location: at,
      options: this.#options,
      broken: (reason: "position out of range" | "time not read", error: FormatError) => {
        if (!ledger.lenient) throw error;
        if (reason === "time not read") ledger.mend(reason, at);
      },
    };
    if (isMovingFeature(value)) {
      return parseFeature(movingFeatureOf(value, context), {
        ...context,
        options: { ...this.#options, timesFrom: "auto" },
      });
    }
    if (segment !== undefined) {
      if ("other" in segment) return { lines: [], points: [], others: [segment.other], properties: null };
      return parseFeature(segment.feature, { ...context, options: { ...this.#options, timesFrom: "auto" } });
    }
    if (line !== undefined) {
      const way = encodedWayOf(line, this.#encoded, (problem) => {
        throw new FormatError(`feature ${feature}: ${problem}`, at);
      });
      return parseFeature(withShared(way, shared), context);
    }
    const tripOfRows = this.#answers.tripOf(value);
    if (tripOfRows !== undefined) {
      const options: GeoJsonReadOptions = { ...this.#options, timesFrom: "auto" };
      return parseFeature(withShared(tripOfRows, shared), { ...context, options });
    }
    if (isTrip(value)) {
      const timeUnit = this.#options.timeUnit ?? "auto";
      return parseFeature(withShared(tripFeatureOf(value), shared), {
        ...context,
        // deck.gl's timestamps are seconds, of a date or since any start.
        options: { ...this.#options, timesFrom: "auto", timeUnit },
      });
    }
    const row = this.#rows.featureOf(value);
    this.#isRow = row !== undefined;
    if (row === undefined && isRecord(value)) {
      const got = Object.keys(value).join(", ").slice(0, 80) || "nothing";
      throw new FormatError(
        `feature ${feature}: must be of GeoJSON, or a row with a longitude and a latitude by their names (lon, lat), got ${got}`,
        at,
      );
    }
    // What is said of all rows must not name the trajectory of one.
    if (row !== undefined) this.#learn(row.properties as JsonObject);
    this.#own = isObject(value) && isObject(value.properties) ? value.properties : undefined;
    return parseFeature(withShared(row ?? withType(value), shared), context);
  }

  #add(
    { lines, points, others, properties }: GeoJsonFeatureParts,
    feature: number,
    at: FormatLocation,
  ): void {
    const { ledger } = this.#collector;
    const roles = points.length > 0 ? this.#rolesOf(properties) : undefined;
    const left = [...others, ...(roles === undefined ? points.map(() => "Point") : [])];
    if (left.length > 0 && this.#options.otherGeometries !== "skip") {
      throw new FormatError(
        `feature ${feature}: geometry must hold a line, got ${left[0]} (otherGeometries: "skip" leaves it out)`,
        at,
      );
    }
    for (const type of left) this.#others[type] = (this.#others[type] ?? 0) + 1;
    if (roles !== undefined) {
      // A record is a feature; of one with a point each, the grouper counts the record.
      for (const point of points) this.#addPoint(point, properties, roles, feature, at);
      if (points.length > 1) ledger.records += points.length - 1;
    }
    if (lines.length === 0) {
      if (roles === undefined) ledger.exclude(`no line: ${[...new Set(left)].join(", ") || "empty"}`, at);
      return;
    }
    this.#hasLine = true;
    if (roles !== undefined) ledger.records++;
    // All coordinate systems first, so that a feature is taken whole or not at all.
    const transforms = lines.map(({ crs }) => this.#crs.transformOf(crs ?? this.#collectionCrs, at));
    const kept = lines.filter((line, part) =>
      this.#addLine(line, part, lines.length, transforms[part], feature, properties, at),
    );
    if (kept.length > 0) ledger.kept++;
    else ledger.exclude("no points", at);
  }

  #addLine(
    line: GeoJsonLine,
    part: number,
    lineCount: number,
    toLonLat: ReturnType<CrsPolicy["transformOf"]>,
    feature: number,
    properties: JsonObject | null,
    at: FormatLocation,
  ): boolean {
    const ownId = lineCount === 1 ? `${feature}` : `${feature}/${part}`;
    return this.#collector.add(
      {
        id: line.id ?? (this.#file === "" ? ownId : `${stemOf(this.#file)}/${ownId}`),
        positions: line.coordinates,
        timesMs: line.timesMs,
        columns: line.columns,
        properties: line.properties,
        lines: at.line ?? 0,
        records: "counted",
        toLonLat,
        mayBeEmpty: true,
        anyDate: true,
        name: `feature ${feature}: ${lineCount === 1 ? "line" : `line ${part}`}`,
      },
      { properties, feature },
    );
  }

  /** The properties that say of which trajectory a point is, and when; undefined where none does. */
  #rolesOf(properties: JsonObject | null): Roles | undefined {
    if (!this.#isRow && this.#own !== undefined) this.#learn(this.#own);
    if (!this.#isRow && properties !== null) this.#learn(properties);
    const roles = this.#pointRoles;
    if (this.#isRow) return roles;
    if (roles === undefined || (roles.id === undefined && roles.time === undefined)) return undefined;
    const isGiven = (name: string | undefined) =>
      name !== undefined && ownMember(properties, name) !== undefined;
    return isGiven(roles.id) || isGiven(roles.time) ? roles : undefined;
  }

  /** Takes names that no member had before for the roles that are open: not all points of a file say the same. */
  #learn(properties: JsonObject): void {
    const before = this.#names.size;
    for (const name of Object.keys(properties)) this.#names.add(name);
    const known = this.#pointRoles;
    if (known !== undefined && this.#names.size === before) return;
    const found = this.#rolesAmong(properties);
    this.#pointRoles =
      known === undefined
        ? found
        : {
            ...known,
            id: known.id ?? found.id,
            ...(known.time === undefined ? { time: found.time, date: found.date } : {}),
          };
    if (this.#pointRoles.time !== known?.time) this.#pointTimes = undefined;
  }

  #rolesAmong(properties: JsonObject): Roles {
    const { idProperty, timeProperty } = this.#options;
    return {
      ...jsonRolesOf(Object.keys(properties), (name) => properties[name]),
      ...(idProperty === undefined ? {} : { id: idProperty }),
      ...(timeProperty === undefined ? {} : { time: timeProperty, date: undefined }),
    };
  }

  /** What points of one trajectory share; without it they are the file's, and so are those of a location history that name no device. */
  #nameOf(properties: JsonObject | null, { id }: Roles): unknown {
    const own = id === undefined ? undefined : ownMember(properties, id);
    // Overland writes an empty name where a phone has been given none.
    return id === undefined || own === "" || (own === undefined && id === "deviceTag")
      ? stemOf(this.#file)
      : own;
  }

  #addPoint(
    point: GeoJsonPoint,
    properties: JsonObject | null,
    roles: Roles,
    feature: number,
    at: FormatLocation,
  ): void {
    const toLonLat = this.#crs.transformOf(point.crs ?? this.#collectionCrs, at);
    const [x, y] = toLonLat === undefined ? [point.x, point.y] : toLonLat(point.x, point.y);
    this.#pointTimes ??= new TimeValues(this.#where, this.#options, roles.time);
    this.#grouper ??= new PointGrouper(this.#collector, {
      rowOrder: "any",
      hasTimes: false,
      anyDate: true,
      toLonLat: undefined,
    });
    const shared = this.#nameOf(properties, roles);
    if (typeof shared !== "string" && typeof shared !== "number") {
      throw new FormatError(
        `feature ${feature}: ${roles.id} must name the point's trajectory, got ${JSON.stringify(shared)}`,
        at,
      );
    }
    const memberOf = (name: string | undefined) =>
      name === undefined ? undefined : ownMember(properties, name);
    const isPattern = this.#options.timePattern !== undefined;
    const [own, date] = [memberOf(roles.time), memberOf(roles.date)];
    const time = timeWithDate(own, date, isPattern);
    const timeMs = isNothing(time) ? Number.NaN : this.#pointTimes.of(time);
    if (Number.isNaN(timeMs) && !isNothing(time)) {
      const message = `feature ${feature}: ${roles.time} must be a time (timePattern says how it is written), got ${JSON.stringify(asWritten(own, date))}${this.#pointTimes.doubt}`;
      this.#collector.ledger.mendOrThrow("time not read", message, at);
    }
    const added = this.#grouper.add({ id: String(shared), x, y, timeMs, line: at.line ?? 0 }, () => ({
      properties,
      feature,
    }));
    for (const [name, value] of Object.entries(properties ?? {})) {
      if (name !== roles.id && name !== roles.time && name !== roles.date)
        added?.set(name, value as ColumnValue);
    }
    if (!Number.isNaN(point.elevation)) added?.set("elevationMeters", point.elevation);
  }
}

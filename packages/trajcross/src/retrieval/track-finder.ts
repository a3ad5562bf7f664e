import {
  type BoundingBox,
  type CoordinateSystem,
  checkArray,
  checkGiven,
  checkInRange,
  checkOneOf,
  checkOptions,
  checkPositiveInteger,
  checkSet,
  Pace,
  type PlanarExtent,
  StateError,
  type TrajectorySet,
  ValueError,
} from "@wayweave/geo-core";
import type { Raster } from "../data/resize.js";
import { checkHas } from "../internal/arguments.js";
import { checkPicture, type LineReader, type LineReading } from "../tracing/line-reader.js";
import { type TracedLine, traceLine } from "../tracing/trace-line.js";
import { matchTracks } from "./find-tracks.js";
import { LineEvidence, type Registration } from "./line-evidence.js";
import type { Match } from "./match.js";
import { fittedOdds, probabilitiesOf } from "./match-odds.js";
import { matchShapes } from "./match-shapes.js";
import { PathColors } from "./path-colors.js";
import { type TrackColumns, TrackIndex } from "./track-index.js";
import { extentOf, onPlane, worldShifts } from "./world.js";

/** A picture of a map, and what part of the world it shows where that is known. */
export interface Picture extends Raster {
  /** `[west, south, east, north]` in the tracks' coordinates, west > east across the antimeridian. */
  readonly bounds?: BoundingBox | PlanarExtent;
}

/** A track that a picture may show. */
export interface TrackHit {
  /** Its place in the order of adding. */
  readonly index: number;
  /** The id that the track came with; where it had none, its index in the set that it was added with. */
  readonly id: string;
  /** How likely it is that the picture shows this track, 0 … 1; those of all hits and that of no track add up to 1. */
  readonly score: number;
  /** How much of the track, as far as the picture shows it, and of the line that was read fall together, 0 … 1. */
  readonly overlap: number;
  /** How the track was moved before it was compared, in shares of the picture's longer side, about its middle. */
  readonly registration: {
    readonly shift: readonly [x: number, y: number];
    readonly scale: readonly [x: number, y: number];
  };
}

/** What was found for a picture. */
export interface Found {
  /** Best first. */
  readonly hits: readonly TrackHit[];
  /** How likely it is that the first hit is the track that the picture shows, 0 … 1: its score. Low: probably none of these, or several are alike. */
  readonly confidence: number;
  /** `place`: by where the line lies. `shape`: the picture's corners are unknown, so any track of the line's shape is a hit, wherever it lies. */
  readonly by: "place" | "shape";
  /** The line that was read, in pixels of the picture. */
  readonly line: TracedLine;
}

/** How many hits {@link TrackFinder.find} gives, and what it is told of the picture. */
export interface FindTrackOptions {
  /** @defaultValue 5 */
  readonly k?: number;
  /** Where the picture's corners lie, in place of `picture.bounds`. */
  readonly bounds?: BoundingBox | PlanarExtent;
  /** How far the corners may be off, as a share of the picture's longer side; 0 … 0.1. @defaultValue 0.03 */
  readonly cornerTolerance?: number;
  /**
   * The most tracks that each way of looking finds (by the whole line, by the part that the picture shows, by the line's ends), which are
   * then compared with the picture itself. Where the corners are unknown there is one way, by shape, and it finds `k` at least.
   * @defaultValue 50
   */
  readonly candidates?: number;
  /** Tracks that are known to be wrong, by their index: they are no hits. */
  readonly without?: readonly number[];
  /** Heard before and after the picture's line is read; the promise is rejected with its reason. */
  readonly signal?: AbortSignal;
}

/** Indexed tracks. */
export interface TrackFinderContents {
  /** The tracks' points, and what the search compares: in Web Mercator metres, or in the unit of planar tracks. */
  readonly tracks: TrackColumns;
  /** Of the tracks that were added. */
  readonly coordinateSystem: CoordinateSystem;
}

/** How to watch {@link TrackFinder.add} and stop it. */
export interface AddTracksOptions {
  /** Called after every 1,024 tracks and after the last: tracks indexed, of those that are being added. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
  /** Heard between two tracks; the promise is rejected with its reason, and none is added. */
  readonly signal?: AbortSignal;
}

/**
 * Finds the track that a picture of a map shows, among tracks anywhere on earth, with nothing trained.
 *
 * A {@link LineReader} sees where the picture's line runs. The tracks nearest to it by place and shape are found exactly, and
 * each is compared with the line itself. Tracks are lon/lat (compared in Web Mercator, as maps are drawn, so within ±85.05°) or planar.
 *
 * @example
 * const finder = await openTrackFinder(); // of @wayweave/trajcross/node
 * await finder.add(tracks);
 * const { hits, confidence } = await finder.find(await readPicture("screenshot.png"));
 */
export class TrackFinder {
  readonly #reader: LineReader;
  #indexes: TrackIndex[] = [];
  #system: CoordinateSystem | undefined;

  constructor(reader: LineReader) {
    checkHas("TrackFinder", "reader", reader, "read", "a LineReader");
    this.#reader = reader;
  }

  /** The number of tracks. */
  get size(): number {
    return this.#indexes.reduce((sum, { size }) => sum + size, 0);
  }

  /**
   * Adds tracks; their ids are kept.
   *
   * @throws {ValueError} a track without points, lon/lat and planar tracks together, a latitude beyond ±85.05°
   */
  async add(set: TrajectorySet, options: AddTracksOptions = {}): Promise<void> {
    const where = "TrackFinder.add";
    checkSet(where, set);
    checkOptions(where, options, ["onProgress", "signal"]);
    if (this.#system !== undefined && set.coordinateSystem !== this.#system) {
      throw new ValueError(
        `${where}: set must be ${this.#system} as those before, got ${set.coordinateSystem}`,
      );
    }
    const pace = new Pace(options.signal);
    await pace.step();
    const planar = onPlane(where, set);
    const index = await TrackIndex.build(planar, { ...options, pace });
    this.#indexes.push(index);
    this.#system = set.coordinateSystem;
  }

  /**
   * The tracks that a picture may show, best first.
   *
   * @throws {StateError} no tracks were added
   * @throws {ValueError} bounds or options out of range, a picture that is not in colour
   * @throws {ShapeError} a picture whose data do not fit its size
   */
  async find(picture: Picture, options: FindTrackOptions = {}): Promise<Found> {
    const where = "TrackFinder.find";
    checkOptions(where, options, ["k", "bounds", "cornerTolerance", "candidates", "without", "signal"]);
    const { k = 5, cornerTolerance = 0.03, candidates = 50, without = [], signal } = options;
    checkPositiveInteger(where, "k", k);
    checkPositiveInteger(where, "candidates", candidates);
    checkInRange(where, "cornerTolerance", cornerTolerance, 0, 0.1);
    checkArray(where, "without", without);
    checkPicture(where, picture);
    if (this.size === 0) throw new StateError(`${where}: tracks must be added first`);
    const index = this.#whole();
    const bounds = options.bounds ?? picture.bounds;
    const extent = bounds === undefined ? undefined : extentOf(where, bounds, this.#system!);
    signal?.throwIfAborted();
    const reading = await this.#reader.read(picture);
    signal?.throwIfAborted();
    const all =
      extent === undefined
        ? matchShapes(reading, picture, index, Math.max(k, candidates))
        : this.#byPlace(reading, picture, extent, index, { cornerTolerance, candidates });
    const matches = without.length === 0 ? all : all.filter((match) => !without.includes(match.index));
    const ids = index.set;
    const by = extent === undefined ? "shape" : "place";
    const scores = probabilitiesOf(matches, reading, fittedOdds[by]);
    return {
      hits: matches
        .slice(0, k)
        .map((match, rank) => hitOf(match, scores[rank]!, ids.at(match.index).id, reading)),
      confidence: scores[0] ?? 0,
      by,
      line: traceLine(reading, picture),
    };
  }

  /**
   * A track as a picture shows it, in pixels, y down: `[points × 2]`; absent where nothing says where the picture's corners are.
   *
   * @param index of a {@link TrackHit}
   * @throws {ValueError} no such track, or bounds that are none
   */
  onPicture(index: number, picture: Picture, bounds = picture?.bounds): Float64Array | undefined {
    const where = "TrackFinder.onPicture";
    if (!(Number.isInteger(index) && index >= 0 && index < this.size)) {
      throw new ValueError(`${where}: index must be that of a track, below ${this.size}, got ${index}`);
    }
    checkPicture(where, picture);
    if (bounds === undefined) return undefined;
    const [left, bottom, right, top] = extentOf(where, bounds, this.#system!);
    const { coordinates } = this.#whole().set.at(index);
    const points = new Float64Array(coordinates.length);
    for (let i = 0; i < points.length; i += 2) {
      points[i] = ((coordinates[i]! - left) / (right - left)) * picture.width;
      points[i + 1] = ((top - coordinates[i + 1]!) / (top - bottom)) * picture.height;
    }
    return points;
  }

  /** Gives the reader's memory back. */
  async dispose(): Promise<void> {
    await this.#reader.dispose();
  }

  /** What to save; {@link TrackFinder.restore} takes it. @throws {StateError} no tracks were added */
  contents(): TrackFinderContents {
    if (this.size === 0) throw new StateError("TrackFinder.contents: tracks must be added first");
    return { tracks: this.#whole().part, coordinateSystem: this.#system! };
  }

  /** A finder of tracks that were indexed before. */
  static restore(reader: LineReader, contents: TrackFinderContents): TrackFinder {
    const where = "TrackFinder.restore";
    checkHas(where, "reader", reader, "read", "a LineReader");
    checkGiven(where, "contents", contents);
    const { tracks, coordinateSystem } = contents;
    checkGiven(where, "contents.tracks", tracks);
    checkSet(where, tracks.set, "contents.tracks.set");
    checkOneOf(where, "contents.coordinateSystem", coordinateSystem, ["lonlat", "planar"]);
    const finder = new TrackFinder(reader);
    finder.#indexes = [new TrackIndex(tracks)];
    finder.#system = coordinateSystem;
    return finder;
  }

  /** One index of all tracks; joined when it is first needed, so that adding a few at a time costs no copy of all. */
  #whole(): TrackIndex {
    if (this.#indexes.length > 1) this.#indexes = [TrackIndex.join(this.#indexes)];
    return this.#indexes[0]!;
  }

  #byPlace(
    reading: LineReading,
    picture: Raster,
    extent: PlanarExtent,
    index: TrackIndex,
    options: { readonly cornerTolerance: number; readonly candidates: number },
  ): Match[] {
    const colors = new PathColors(picture, reading);
    const matches = worldShifts(extent, index.extent, this.#system!).flatMap((shifted) =>
      matchTracks(new LineEvidence(reading, shifted), colors, index, options),
    );
    matches.sort((a, b) => b.odds - a.odds);
    // A track across the antimeridian may be seen from both sides: its better place counts.
    const seen = new Set<number>();
    return matches.filter(({ index: track }) => !seen.has(track) && seen.add(track));
  }
}

function hitOf(
  { index, overlap, registration }: Match,
  score: number,
  id: string,
  reading: LineReading,
): TrackHit {
  const longer = Math.max(reading.columns, reading.rows);
  const { shiftX, shiftY, scaleX, scaleY }: Registration = registration;
  return {
    index,
    id,
    score,
    overlap,
    registration: { shift: [shiftX / longer, shiftY / longer], scale: [scaleX, scaleY] },
  };
}

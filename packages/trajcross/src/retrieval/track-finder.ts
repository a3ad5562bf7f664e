import {
  type CoordinateSystem,
  checkGiven,
  checkOneOf,
  checkOptions,
  checkSet,
  Pace,
  type PlanarExtent,
  StateError,
  type TrajectorySet,
  ValueError,
} from "@wayweave/geo-core";
import type { Raster } from "../data/resize.js";
import { checkCallback, checkHas, checkSignal } from "../internal/arguments.js";
import { checkPicture, type LineReader, type LineReading } from "../tracing/line-reader.js";
import { traceLine } from "../tracing/trace-line.js";
import { matchTracks } from "./find-tracks.js";
import { LineEvidence, type Registration } from "./line-evidence.js";
import type { Match } from "./match.js";
import { fittedOdds, probabilitiesOf } from "./match-odds.js";
import { matchShapes } from "./match-shapes.js";
import { PathColors } from "./path-colors.js";
import {
  type AddTracksOptions,
  checkFind,
  checkFindable,
  type FindTrackOptions,
  type Found,
  type Picture,
  type TrackFinderContents,
  type TrackHit,
} from "./track-finder-types.js";
import { TrackIndex } from "./track-index.js";
import { extentNear, extentOf, onPlane, worldShifts } from "./world.js";

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
  /** The addition that was asked for last; the next begins after it. */
  #adding: Promise<unknown> = Promise.resolve();

  constructor(reader: LineReader) {
    checkHas("TrackFinder", "reader", reader, "read", "a LineReader");
    this.#reader = reader;
  }

  /** The number of tracks. */
  get size(): number {
    return this.#indexes.reduce((sum, { size }) => sum + size, 0);
  }

  /**
   * Adds tracks; their ids are kept. Calls wait for each other, so that tracks are numbered in the order of the calls.
   *
   * @throws {ValueError} a track without points, lon/lat and planar tracks together, a latitude beyond ±85.05°; the message names the track
   */
  async add(set: TrajectorySet, options: AddTracksOptions = {}): Promise<void> {
    const where = "TrackFinder.add";
    checkSet(where, set);
    checkOptions(where, options, ["onProgress", "signal"]);
    checkSignal(where, options.signal);
    checkCallback(where, "onProgress", options.onProgress);
    const added = this.#adding.then(() => this.#addInTurn(where, set, options));
    this.#adding = added.catch(() => undefined);
    await added;
  }

  async #addInTurn(where: string, set: TrajectorySet, options: AddTracksOptions): Promise<void> {
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
    checkFind(where, options);
    const { k = 5, cornerTolerance = 0.03, candidates = 50, without = [], signal } = options;
    checkFindable(where, picture);
    if (this.size === 0) throw new StateError(`${where}: tracks must be added first`);
    for (const track of without) this.#checkTrack(where, "without must hold the index", track);
    const index = this.#whole();
    const bounds = options.bounds === undefined ? picture.bounds : options.bounds;
    const extent = bounds === undefined ? undefined : extentOf(where, bounds, this.#system!);
    signal?.throwIfAborted();
    const reading = await this.#reader.read(picture);
    signal?.throwIfAborted();
    // So many that k are left.
    const count = Math.max(candidates, k + new Set(without).size);
    const all =
      extent === undefined
        ? matchShapes(reading, picture, index, count)
        : this.#byPlace(reading, picture, extent, index, { cornerTolerance, candidates: count });
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
    this.#checkTrack(where, "index must be that", index);
    checkPicture(where, picture);
    if (bounds === undefined) return undefined;
    const { set, part } = this.#whole();
    const shown = extentOf(where, bounds, this.#system!);
    const box = part.boxes.subarray(4 * index, 4 * index + 4) as unknown as PlanarExtent;
    const [left, bottom, right, top] = this.#system === "planar" ? shown : extentNear(shown, box);
    const { coordinates } = set.at(index);
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

  #checkTrack(where: string, must: string, track: number): void {
    if (Number.isInteger(track) && track >= 0 && track < this.size) return;
    throw new ValueError(
      `${where}: ${must} of a track, below ${this.size}, got ${typeof track === "string" ? JSON.stringify(track) : track}`,
    );
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

import { checkOptions, type Random, type TrajectorySet, ValueError, webMercator } from "@wayweave/geo-core";
import { checkTrips } from "../inputs/check-trips.js";
import { tokenCells } from "./place-code.js";
import { timesOfDay } from "./time-of-day.js";
import { checkVocabulary, FIRST_CELL_TOKEN, type Vocabulary } from "./vocabulary.js";

/** Token sequences one after another: sequence i owns `tokens[offsets[i]]` up to, not including, `tokens[offsets[i + 1]]`. */
export interface TokenSequences {
  /** All sequences' tokens, each a cell of the vocabulary: `[offsets[sequences]]`. */
  readonly tokens: Int32Array;
  /** `[sequences + 1]` */
  readonly offsets: Uint32Array;
  /** Where in its cell each token's first point lies, in cells from its middle, east and north: `[tokens × 2]`. */
  readonly within: Float32Array;
  /**
   * At what time of the day, as a share of it in UTC, each token's first point was there: in [0, 1], `[tokens]`; with the option
   * `timeOfDay` only.
   */
  readonly timeOfDay?: Float32Array;
}

/** How points become tokens. */
export interface TokenizeOptions {
  /** Whether a run of points in one cell stays a run of tokens. @defaultValue false */
  readonly keepRepeats?: boolean;
  /** The most tokens that a trajectory may have. @defaultValue 512 */
  readonly maxTokens?: number;
  /** Whether each token has a time of the day, too; needs trips with times. @defaultValue false */
  readonly timeOfDay?: boolean;
}

/** How trips are damaged for training: E2DTC §V-C's r₁ and r₂, drawn anew for each trip from `rates`. */
export interface NoiseOptions {
  /** What r₁ and r₂ are drawn from, each in [0, 1]. */
  readonly rates: readonly number[];
  /** Standard deviation of a moved point along each axis: Web Mercator metres (planar: the set's unit). */
  readonly sigmaMeters: number;
  /** The share of a trip that is missing at one of its ends, drawn anew for each trip from these; the paper's trips are whole. */
  readonly cuts?: readonly number[];
}

/**
 * Trajectories in a vocabulary's own plane, ready to be spelt as tokens again and again.
 *
 * @throws {ValueError} a set of another coordinate system, a trajectory without points, or with `timeOfDay` a point without time
 */
export class TokenSource {
  readonly length: number;
  readonly #vocabulary: Vocabulary;
  readonly #offsets: Uint32Array;
  /** Column and row with their fractions, interleaved, `[points × 2]`. */
  readonly #places: Float64Array;
  /** Shares of the day, `[points]`. */
  readonly #timeOfDay: Float64Array | undefined;
  /** Column and row of each token's cell. */
  readonly #cells: Float32Array;
  readonly #keepRepeats: boolean;
  readonly #maxTokens: number;

  constructor(set: TrajectorySet, vocabulary: Vocabulary, options: TokenizeOptions = {}) {
    const { keepRepeats = false, maxTokens = 512, timeOfDay = false } = options;
    if (set.coordinateSystem !== vocabulary.coordinateSystem) {
      throw new ValueError(
        `TokenSource: set must be ${vocabulary.coordinateSystem} as the vocabulary is, got ${set.coordinateSystem}`,
      );
    }
    this.length = set.length;
    this.#vocabulary = vocabulary;
    this.#offsets = set.offsets;
    this.#keepRepeats = keepRepeats;
    this.#maxTokens = maxTokens;
    this.#places = placesOf(set, vocabulary);
    this.#timeOfDay = timeOfDay ? timesOfDay("TokenSource", set, "for timeOfDay") : undefined;
    this.#cells = tokenCells(vocabulary);
    for (let i = 0; i < set.length; i++) {
      if (set.offsets[i] === set.offsets[i + 1]) {
        throw new ValueError(`TokenSource: trajectory ${i} must hold at least one point, got 0`);
      }
    }
  }

  /**
   * The trajectories as they are.
   *
   * @throws {ValueError} a trajectory of more than `maxTokens` tokens
   */
  clean(): TokenSequences {
    return this.#spell((i, write) => {
      for (let p = this.#offsets[i]!; p < this.#offsets[i + 1]!; p++) write(p, 0, 0);
    });
  }

  /**
   * A damaged variant of each: points are dropped with probability r₁ (both ends stay) and those left moved with
   * probability r₂; before that a part may be cut off at the beginning or at the end. A variant that would have more than `maxTokens` tokens ends there.
   */
  noisy(random: Random, { rates, sigmaMeters, cuts = [0] }: NoiseOptions): TokenSequences {
    const sigma = sigmaMeters / this.#vocabulary.cellSizeMeters;
    return this.#spell((i, write) => {
      const dropRate = rates[random.integer(rates.length)]!;
      const distortRate = rates[random.integer(rates.length)]!;
      const [first, last] = cutEnds(this.#offsets[i]!, this.#offsets[i + 1]! - 1, cuts, random);
      for (let p = first; p <= last; p++) {
        if (random.next() < dropRate && p !== first && p !== last) continue;
        const isMoved = random.next() < distortRate;
        if (isMoved) write(p, sigma * random.normal(), sigma * random.normal());
        else write(p, 0, 0);
      }
    }, true);
  }

  #spell(
    spellOne: (trajectory: number, write: (point: number, right: number, up: number) => void) => void,
    isCut = false,
  ): TokenSequences {
    const places = this.#places;
    const { columns, rows, tokenOfCell } = this.#vocabulary;
    const cells = this.#cells;
    const shares = this.#timeOfDay;
    const tokens = new Int32Array(places.length / 2);
    const within = new Float32Array(places.length);
    const timeOfDay = new Float32Array(shares?.length ?? 0);
    const offsets = new Uint32Array(this.length + 1);
    let end = 0;
    for (let i = 0; i < this.length; i++) {
      const start = end;
      const limit = isCut ? start + this.#maxTokens : tokens.length;
      spellOne(i, (point, right, up) => {
        const [x, y] = [places[2 * point]! + right, places[2 * point + 1]! + up];
        const token = tokenOfCell[clampCell(y, rows) * columns + clampCell(x, columns)]!;
        if (!this.#keepRepeats && end > start && tokens[end - 1] === token) return;
        if (end >= limit) return;
        within[2 * end] = x - cells[2 * token]! - 0.5;
        within[2 * end + 1] = y - cells[2 * token + 1]! - 0.5;
        if (shares !== undefined) timeOfDay[end] = shares[point]!;
        tokens[end++] = token;
      });
      if (end - start > this.#maxTokens) {
        throw new ValueError(
          `TokenSource: trajectory ${i} must have at most maxTokens = ${this.#maxTokens} tokens, got ${end - start}: raise maxTokens, take larger cells or cut the trajectory`,
        );
      }
      offsets[i + 1] = end;
    }
    return {
      tokens: tokens.slice(0, end),
      offsets,
      within: within.slice(0, 2 * end),
      ...(shares === undefined ? {} : { timeOfDay: timeOfDay.slice(0, end) }),
    };
  }
}

/**
 * The trajectories of a set as sequences of cells: a token for each point, and one for a run of points in one cell.
 *
 * @throws {ValueError} a trajectory without points or of more than `maxTokens` tokens, with `timeOfDay` a point without time, or an
 *   unknown option
 */
export function tokenize(
  set: TrajectorySet,
  vocabulary: Vocabulary,
  options: TokenizeOptions = {},
): TokenSequences {
  checkTrips("tokenize", "set", set);
  checkVocabulary("tokenize", vocabulary);
  checkOptions("tokenize", options, ["keepRepeats", "maxTokens", "timeOfDay"]);
  return new TokenSource(set, vocabulary, options).clean();
}

/** The middle of a token's cell: Web Mercator metres (planar: the set's unit). */
export function tokenCenter(vocabulary: Vocabulary, token: number): [x: number, y: number] {
  const cell = vocabulary.cells[token - FIRST_CELL_TOKEN]!;
  const { columns, cellSizeMeters, minX, minY } = vocabulary;
  return [
    minX + ((cell % columns) + 0.5) * cellSizeMeters,
    minY + (Math.floor(cell / columns) + 0.5) * cellSizeMeters,
  ];
}

/** The first and the last point of what is left of a trip when a part is cut off at one end; at least one point. */
function cutEnds(first: number, last: number, cuts: readonly number[], random: Random): [number, number] {
  // Where nothing is ever cut nothing is drawn: damage is the same as without this option.
  if (cuts.every((cut) => cut === 0)) return [first, last];
  const cut = cuts[random.integer(cuts.length)]!;
  const missing = Math.min(last - first, Math.round(cut * (last - first + 1)));
  return random.integer(2) === 0 ? [first + missing, last] : [first, last - missing];
}

function placesOf(
  set: TrajectorySet,
  { coordinateSystem, minX, minY, cellSizeMeters }: Vocabulary,
): Float64Array {
  const { coordinates } = set;
  const places = new Float64Array(coordinates.length);
  for (let p = 0; p < coordinates.length; p += 2) {
    const position = [coordinates[p]!, coordinates[p + 1]!] as const;
    const [x, y] = coordinateSystem === "lonlat" ? webMercator.forward(position) : position;
    places[p] = (x - minX) / cellSizeMeters;
    places[p + 1] = (y - minY) / cellSizeMeters;
  }
  return places;
}

function clampCell(place: number, count: number): number {
  return Math.max(0, Math.min(count - 1, Math.floor(place)));
}

import type { TrajectorySet } from "../trajectories/trajectory-set.js";
import { pointsBetween } from "./between-points.js";

/** What an operation returns that keeps pieces of trajectories. */
export interface TrajectoryPieces {
  /** The pieces. */
  readonly set: TrajectorySet;
  /** The index of the trajectory that each piece was taken from, `[pieces]`. */
  readonly sources: Uint32Array;
}

/** Collects pieces that begin and end anywhere along a set's trajectories. */
export class PieceList {
  readonly #set: TrajectorySet;
  readonly #lefts: number[] = [];
  readonly #fractions: number[] = [];
  readonly #offsets = [0];
  readonly #sources: number[] = [];
  readonly #ids: string[] = [];

  constructor(set: TrajectorySet) {
    this.#set = set;
  }

  /** The number of points so far. */
  get pointCount(): number {
    return this.#lefts.length;
  }

  /** The piece of trajectory `source` from `fromFraction` behind point `from` to `toFraction` behind point `to`. */
  add(source: number, id: string, from: number, fromFraction: number, to: number, toFraction: number): void {
    this.#push(from, fromFraction);
    for (let p = from + 1; p <= to; p++) this.#push(p, 0);
    const isOnePoint = from === to && fromFraction === toFraction;
    if (toFraction > 0 && !isOnePoint) this.#push(to, toFraction);
    this.#offsets.push(this.#lefts.length);
    this.#sources.push(source);
    this.#ids.push(id);
  }

  #push(left: number, fraction: number): void {
    this.#lefts.push(left);
    this.#fractions.push(fraction);
  }

  build(path: "shortest" | "degrees"): TrajectoryPieces {
    const places = {
      lefts: Uint32Array.from(this.#lefts),
      fractions: Float64Array.from(this.#fractions),
      offsets: Uint32Array.from(this.#offsets),
    };
    const sources = Uint32Array.from(this.#sources);
    return { set: pointsBetween(this.#set, places, { path, ids: this.#ids, sources }), sources };
  }
}

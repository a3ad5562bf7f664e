import {
  azimuthalEquidistant,
  createCity,
  createCrowd,
  projectSet,
  type Random,
  type RoadNetwork,
  type TrajectorySet,
} from "@wayweave/geo-core";
import { drawnLine } from "./drawn-lines.js";

/** A line to draw, and the roads that it may run on; both on one plane, in any unit. */
export interface SourceLine {
  /** Interleaved positions, at least two different ones. */
  readonly coordinates: Float64Array;
  /** The city that it lies in; absent for lines that lie in none. */
  readonly roads?: RoadNetwork;
}

/** How large the collections of a {@link LineSource} are. */
export interface LineSourceOptions {
  /** Synthetic cities of different density. */
  readonly cities: number;
  readonly tripsPerCity: number;
  /** Recorded frames of each of two crowds. */
  readonly crowdFrames: number;
}

const cityCenter = [10, 50] as const;

/**
 * Endless lines for training pictures: taxi trips over the streets of geo-core's synthetic cities and windows of them,
 * pedestrians of its crowds, and shapes that are made on the spot (wanderings, loops, ways out and back, switchbacks).
 */
export class LineSource {
  readonly #cities: (() => TownTrips)[];
  readonly #crowds: (() => TrajectorySet)[];

  constructor(random: Random, { cities, tripsPerCity, crowdFrames }: LineSourceOptions) {
    const seedOf = (name: string) => random.split(name).uint32();
    this.#cities = Array.from({ length: cities }, (_, i) =>
      once(() => townTrips(i, seedOf(`city ${i}`), tripsPerCity)),
    );
    this.#crowds = [0.4, 1].map((meanSpeed, i) =>
      once(() => createCrowd({ seed: seedOf(`crowd ${i}`), frames: crowdFrames, meanSpeed })),
    );
  }

  /** The next line by chance. */
  draw(random: Random): SourceLine {
    for (;;) {
      const line = this.#drawOnce(random);
      if (hasLength(line.coordinates)) return line;
    }
  }

  #drawOnce(random: Random): SourceLine {
    const kind = random.next();
    if (kind < 0.4) {
      const { trips, roads } = this.#cities[random.integer(this.#cities.length)]!();
      const trip = trips.at(random.integer(trips.length)).coordinates;
      return { coordinates: random.next() < 0.5 ? trip : windowOf(trip, random), roads };
    }
    if (kind < 0.6) {
      const crowd = this.#crowds[random.integer(this.#crowds.length)]!();
      const walk = crowd.at(random.integer(crowd.length)).coordinates;
      return { coordinates: random.next() < 0.2 ? walk : windowOf(walk, random) };
    }
    return { coordinates: drawnLine(random) };
  }
}

interface TownTrips {
  readonly trips: TrajectorySet;
  readonly roads: RoadNetwork;
}

/** The n-th of cities that differ in size, in how dense their streets are, and in how well trips are recorded. */
function townTrips(n: number, seed: number, trips: number): TownTrips {
  const { set, network } = createCity({
    seed,
    trips,
    center: cityCenter,
    spacingMeters: [500, 250, 800, 350][n % 4]!,
    sizeMeters: [12_000, 7000, 16_000, 9000][n % 4]!,
    noiseMeters: [8, 3, 0, 15][n % 4]!,
    samplingIntervalMs: [15_000, 5000, 10_000, 30_000][n % 4]!,
    backgroundShare: 0.7,
  });
  return { trips: projectSet(set, azimuthalEquidistant(cityCenter)), roads: network };
}

/** Makes something when it is first asked for. */
function once<T>(make: () => T): () => T {
  let made: { readonly it: T } | undefined;
  return () => {
    made ??= { it: make() };
    return made.it;
  };
}

/** 5 to 40 points that follow each other. */
function windowOf(coordinates: Float64Array, random: Random): Float64Array {
  const points = coordinates.length / 2;
  const length = Math.min(points, 5 + random.integer(36));
  const first = random.integer(points - length + 1);
  return coordinates.subarray(2 * first, 2 * (first + length));
}

function hasLength(coordinates: Float64Array): boolean {
  for (let i = 2; i < coordinates.length; i++) {
    if (coordinates[i] !== coordinates[i - 2]) return true;
  }
  return false;
}

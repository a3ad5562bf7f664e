import { checkOptions, withoutUndefined } from "../foundation/check-options.js";
import { Random } from "../foundation/random.js";
import {
  checkFinite,
  checkGiven,
  checkInRange,
  checkNonNegativeInteger,
  checkPositive,
  checkPositiveInteger,
} from "../foundation/validate.js";
import { checkLonLat, type Position } from "../geometry/position.js";
import { azimuthalEquidistant, type Projection } from "../geometry/projection.js";
import type { TrajectorySet } from "../trajectories/trajectory-set.js";
import { TrajectorySetBuilder } from "../trajectories/trajectory-set-builder.js";
import { type Drive, driveAlong } from "./drive.js";
import { type Hubs, placeHubs } from "./hubs.js";
import { createRoadNetwork, nearestNode, type RoadNetwork } from "./road-network.js";
import { edgeSources, fastestRoads, wayTo } from "./shortest-paths.js";

/** Options of {@link createCity}; every length is on the ground. */
export interface CityOptions {
  /** A non-negative integer below 2³². */
  readonly seed: number;
  /** The number of trips. @defaultValue 1000 */
  readonly trips?: number;
  /** The middle of the city, `[lon, lat]`. @defaultValue [116.4, 39.9] */
  readonly center?: Position;
  /** Side of the square city. @defaultValue 12_000 */
  readonly sizeMeters?: number;
  /** Mean distance between streets. @defaultValue 500 */
  readonly spacingMeters?: number;
  /** Avenues across the grid. @defaultValue 2 */
  readonly diagonals?: number;
  /** Ring roads about the centre. @defaultValue 2 */
  readonly rings?: number;
  /** Share of local streets that are missing, in [0, 1]. @defaultValue 0.15 */
  readonly missingShare?: number;
  /** Places where trips start and end; the i-th is chosen in proportion to 1 / √i. @defaultValue 12 */
  readonly hubs?: number;
  /** Standard deviation, along each axis, of trip ends about their hub. @defaultValue 500 */
  readonly hubSpreadMeters?: number;
  /** Share of trips that run between any two junctions, with label −1, in [0, 1]. @defaultValue 0 */
  readonly backgroundShare?: number;
  /** Time between two fixes, at least 1. @defaultValue 15_000 */
  readonly samplingIntervalMs?: number;
  /** Standard deviation of a fix along each axis. @defaultValue 8 */
  readonly noiseMeters?: number;
  /** The first trip starts within a day after it. @defaultValue 2024-01-01T00:00:00Z */
  readonly startTimeMs?: number;
}

/** A synthetic city and its trips. */
export interface City {
  /** Lon/lat, with times. */
  readonly set: TrajectorySet;
  /** The hub where each trip starts, −1 for background trips; `[trips]`. */
  readonly originHubs: Int32Array;
  /** The hub where each trip ends, −1 for background trips; `[trips]`. */
  readonly destinationHubs: Int32Array;
  /** Hubs' positions, interleaved lon, lat: `[hubs × 2]`. */
  readonly hubPositions: Float64Array;
  /** The roads, in azimuthal equidistant metres about the centre. */
  readonly network: RoadNetwork;
}

/** Drivers see roads in this many ways, so that trips between two hubs do not all take one way. */
const ROUTE_MOODS = 4;
/** Ways kept from so many origins at a time bound the memory of large cities. */
const MAX_CACHED_ORIGINS = 1024;

/**
 * A city of seeded chance: roads of three speed classes, hubs of unequal popularity, and taxi-like trips that take
 * fastest ways between them, with traffic, stops, sampled fixes and GPS noise.
 *
 * The same options give the same city on every machine; trip i does not depend on how many trips are asked for.
 *
 * @throws {ValueError} an option out of range
 * @example createCity({ seed: 1, trips: 100 }).set.length // 100
 */
export function createCity(options: CityOptions): City {
  checkGiven("createCity", "options", options);
  const settings = settingsOf(options);
  const random = new Random(settings.seed, "createCity");
  const network = createRoadNetwork(settings, random.split("roads"));
  const hubs = placeHubs(network.nodes, settings.hubs, random.split("hubs"));
  const projection = azimuthalEquidistant(settings.center);
  const router = createRouter(network, random.split("moods"));
  const builder = new TrajectorySetBuilder({ withTimes: true });
  const originHubs = new Int32Array(settings.trips);
  const destinationHubs = new Int32Array(settings.trips);
  for (let i = 0; i < settings.trips; i++) {
    const tripRandom = random.split(`trip ${i}`);
    const trip = planTrip(network, hubs, settings, tripRandom);
    originHubs[i] = trip.originHub;
    destinationHubs[i] = trip.destinationHub;
    const way = router(tripRandom.integer(ROUTE_MOODS), trip.originNode, trip.destinationNode);
    builder.begin(`trip ${i}`);
    addFixes(
      driveAlong(network, trip.originNode, way, tripRandom),
      projection,
      settings,
      tripRandom,
      builder,
    );
    builder.end();
  }
  return {
    set: builder.build(),
    originHubs,
    destinationHubs,
    hubPositions: lonLatOf(hubs, projection),
    network,
  };
}

interface Trip {
  readonly originHub: number;
  readonly destinationHub: number;
  readonly originNode: number;
  readonly destinationNode: number;
}

function planTrip(network: RoadNetwork, hubs: Hubs, settings: Required<CityOptions>, random: Random): Trip {
  const { nodes, side } = network;
  const isBackground = random.next() < settings.backgroundShare;
  const originHub = isBackground ? -1 : hubs.draw(random);
  let destinationHub = originHub;
  while (!isBackground && destinationHub === originHub) destinationHub = hubs.draw(random);
  const nodeAt = (hub: number): number => {
    if (hub === -1) return random.integer(nodes.length / 2);
    const x = hubs.positions[2 * hub]! + settings.hubSpreadMeters * random.normal();
    const y = hubs.positions[2 * hub + 1]! + settings.hubSpreadMeters * random.normal();
    return nearestNode(nodes, side, settings.spacingMeters, x, y);
  };
  const originNode = nodeAt(originHub);
  let destinationNode = nodeAt(destinationHub);
  // Hubs spread wider than their distance can meet in one junction, and that is no trip.
  for (let tries = 0; destinationNode === originNode; tries++) {
    destinationNode = tries < 100 ? nodeAt(destinationHub) : (originNode + 1) % (nodes.length / 2);
  }
  return { originHub, destinationHub, originNode, destinationNode };
}

/** A function that finds the roads of the fastest way in one of the moods, from junction to junction. */
function createRouter(
  network: RoadNetwork,
  random: Random,
): (mood: number, origin: number, destination: number) => number[] {
  const sources = edgeSources(network);
  const moods = Array.from({ length: ROUTE_MOODS }, () =>
    network.edgeLengthsMeters.map(
      (length, edge) => (length / network.edgeSpeeds[edge]!) * random.uniform(0.75, 1.25),
    ),
  );
  const cache = new Map<number, Int32Array>();
  return (mood, origin, destination) => {
    const key = origin * ROUTE_MOODS + mood;
    let arriving = cache.get(key);
    if (arriving === undefined) {
      if (cache.size === MAX_CACHED_ORIGINS) cache.clear();
      arriving = fastestRoads(network, moods[mood]!, origin);
      cache.set(key, arriving);
    }
    return wayTo(arriving, sources, destination);
  };
}

/**
 * Fixes every sampling interval from the departure on, and one at the arrival, all at whole milliseconds: a fix that
 * would share the arrival's is left out.
 */
function addFixes(
  drive: Drive,
  projection: Projection,
  settings: Required<CityOptions>,
  random: Random,
  builder: TrajectorySetBuilder,
): void {
  const { samplingIntervalMs, noiseMeters, startTimeMs } = settings;
  const { times, positions } = drive;
  const departureMs = startTimeMs + Math.floor(random.uniform(0, 86_400_000));
  const durationMs = 1000 * times[times.length - 1]!;
  let leg = 0;
  for (let step = 0; ; step++) {
    const elapsedMs = Math.min(step * samplingIntervalMs, durationMs);
    if (elapsedMs < durationMs && Math.round(elapsedMs) === Math.round(durationMs)) continue;
    const seconds = elapsedMs / 1000;
    while (leg + 2 < times.length && times[leg + 1]! < seconds) leg++;
    const span = times[leg + 1]! - times[leg]!;
    const fraction = span > 0 ? (seconds - times[leg]!) / span : 0;
    const x = positions[2 * leg]! + fraction * (positions[2 * leg + 2]! - positions[2 * leg]!);
    const y = positions[2 * leg + 1]! + fraction * (positions[2 * leg + 3]! - positions[2 * leg + 1]!);
    const [lon, lat] = projection.inverse([
      x + noiseMeters * random.normal(),
      y + noiseMeters * random.normal(),
    ]);
    builder.addPoint(lon, lat, departureMs + Math.round(elapsedMs));
    if (elapsedMs >= durationMs) return;
  }
}

function lonLatOf(hubs: Hubs, projection: Projection): Float64Array {
  const positions = new Float64Array(hubs.positions.length);
  for (let i = 0; i < positions.length; i += 2) {
    positions.set(projection.inverse([hubs.positions[i]!, hubs.positions[i + 1]!]), i);
  }
  return positions;
}

function settingsOf(options: CityOptions): Required<CityOptions> {
  checkOptions("createCity", options, [
    "seed",
    "trips",
    "center",
    "sizeMeters",
    "spacingMeters",
    "diagonals",
    "rings",
    "missingShare",
    "hubs",
    "hubSpreadMeters",
    "backgroundShare",
    "samplingIntervalMs",
    "noiseMeters",
    "startTimeMs",
  ]);
  const settings: Required<CityOptions> = {
    trips: 1000,
    center: [116.4, 39.9],
    sizeMeters: 12_000,
    spacingMeters: 500,
    diagonals: 2,
    rings: 2,
    missingShare: 0.15,
    hubs: 12,
    hubSpreadMeters: 500,
    backgroundShare: 0,
    samplingIntervalMs: 15_000,
    noiseMeters: 8,
    startTimeMs: Date.UTC(2024, 0, 1),
    ...withoutUndefined(options),
  };
  checkPositiveInteger("createCity", "trips", settings.trips);
  checkLonLat("createCity", "center", settings.center);
  checkPositive("createCity", "spacingMeters", settings.spacingMeters);
  checkInRange("createCity", "sizeMeters", settings.sizeMeters, 2 * settings.spacingMeters, 1_000_000);
  checkNonNegativeInteger("createCity", "diagonals", settings.diagonals);
  checkNonNegativeInteger("createCity", "rings", settings.rings);
  checkInRange("createCity", "missingShare", settings.missingShare, 0, 1);
  checkPositiveInteger("createCity", "hubs", settings.hubs);
  const side = Math.round(settings.sizeMeters / settings.spacingMeters) + 1;
  checkInRange("createCity", "hubs", settings.hubs, 2, side * side);
  checkInRange("createCity", "hubSpreadMeters", settings.hubSpreadMeters, 0, Number.MAX_VALUE);
  checkInRange("createCity", "backgroundShare", settings.backgroundShare, 0, 1);
  checkInRange("createCity", "samplingIntervalMs", settings.samplingIntervalMs, 1, Number.MAX_VALUE);
  checkInRange("createCity", "noiseMeters", settings.noiseMeters, 0, 100_000);
  checkFinite("createCity", "startTimeMs", settings.startTimeMs);
  return settings;
}

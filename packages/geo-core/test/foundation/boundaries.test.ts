import { describe, expect, it } from "vitest";
import {
  cellDensity,
  clipByTime,
  createCity,
  createCrowd,
  createRoutes,
  distort,
  downsample,
  dropDuplicates,
  dropSpeedOutliers,
  dtw,
  edr,
  findStops,
  frechet,
  fromGeoJson,
  GeoJsonCollector,
  hampelFilter,
  hausdorff,
  hotRoutes,
  ImageFrame,
  lcss,
  mergeTrajectories,
  nearestTrajectories,
  Random,
  rasterizeSet,
  readTrajectories,
  resampleByDistance,
  resampleByTime,
  resampleToCount,
  segmentByTimeGap,
  simplify,
  simplifyByArea,
  slidingWindows,
  smooth,
  splitAtStops,
  splitByDistanceGap,
  splitByPeriod,
  subtrajectoryDtw,
  TrajectoryIndex,
  TrajectorySet,
  TrajectorySetBuilder,
  toCsv,
  toGeoJson,
  toGpx,
  UniformGrid,
  withMotion,
} from "../../src/index.js";
import * as node from "../../src/node/index.js";

const set = TrajectorySet.fromArrays(
  [
    [
      [1, 2, 0],
      [1, 2.001, 1000],
    ],
  ],
  { withTimes: true, coordinateSystem: "planar" },
);
const line = Float64Array.of(1, 2, 3, 4);
const grid = new UniformGrid({ extent: [0, 0, 5, 5], cellSizeMeters: 1, coordinateSystem: "planar" });
const random = new Random(1);

/** What the entry for Node exports, by name. */
const NODE = { ...node } as unknown as Readonly<Record<string, (...given: unknown[]) => unknown>>;

/** Every function that takes options, with `odd` among them. */
const CALLS: readonly (readonly [name: string, call: (odd: never) => unknown])[] = [
  ["TrajectorySet", (odd) => new TrajectorySet(set, odd)],
  ["TrajectorySet.fromArrays", (odd) => TrajectorySet.fromArrays([], odd)],
  ["TrajectorySet.with", (odd) => set.with(odd)],
  ["TrajectorySetBuilder", (odd) => new TrajectorySetBuilder(odd)],
  ["UniformGrid", (odd) => new UniformGrid(Object.assign({ extent: [0, 0, 1, 1], cellSizeMeters: 1 }, odd))],
  ["ImageFrame", (odd) => new ImageFrame(Object.assign({ width: 1, height: 1, extent: [0, 0, 1, 1] }, odd))],
  [
    "rasterizeSet",
    (odd) =>
      rasterizeSet(
        set,
        Object.assign({ width: 1, height: 1, extents: [0, 0, 1, 1], thicknessPixels: 1 }, odd),
        new Uint8Array(9),
      ),
  ],
  ["createCity", (odd) => createCity(Object.assign({ seed: 1 }, odd))],
  ["createCrowd", (odd) => createCrowd(Object.assign({ seed: 1 }, odd))],
  ["createRoutes", (odd) => createRoutes(Object.assign({ seed: 1 }, odd))],
  ["distort", (odd) => distort(set, Object.assign({ rate: 0.1, sigmaMeters: 1, random }, odd))],
  ["downsample", (odd) => downsample(set, Object.assign({ rate: 0.1, random }, odd))],
  ["resampleByTime", (odd) => resampleByTime(set, Object.assign({ intervalMs: 1000 }, odd))],
  ["resampleByDistance", (odd) => resampleByDistance(set, Object.assign({ spacingMeters: 1 }, odd))],
  ["resampleToCount", (odd) => resampleToCount(set, Object.assign({ count: 2 }, odd))],
  ["slidingWindows", (odd) => slidingWindows(set, Object.assign({ length: 1 }, odd))],
  ["segmentByTimeGap", (odd) => segmentByTimeGap(set, Object.assign({ maxGapMs: 1 }, odd))],
  ["simplify", (odd) => simplify(set, Object.assign({ toleranceMeters: 1 }, odd))],
  ["simplifyByArea", (odd) => simplifyByArea(set, Object.assign({ minAreaSquareMeters: 1 }, odd))],
  ["smooth", (odd) => smooth(set, Object.assign({ measurementSigmaMeters: 1, processSigma: 1 }, odd))],
  ["findStops", (odd) => findStops(set, Object.assign({ maxDiameterMeters: 1, minDurationMs: 1 }, odd))],
  [
    "splitAtStops",
    (odd) => splitAtStops(set, Object.assign({ maxDiameterMeters: 1, minDurationMs: 1 }, odd)),
  ],
  ["splitByDistanceGap", (odd) => splitByDistanceGap(set, Object.assign({ maxGapMeters: 1 }, odd))],
  ["splitByPeriod", (odd) => splitByPeriod(set, Object.assign({ period: "day" }, odd))],
  ["clipByTime", (odd) => clipByTime(set, Object.assign({ startMs: 0 }, odd))],
  ["dropDuplicates", (odd) => dropDuplicates(set, odd)],
  ["mergeTrajectories", (odd) => mergeTrajectories(set, odd)],
  ["dropSpeedOutliers", (odd) => dropSpeedOutliers(set, Object.assign({ maxSpeedMetersPerSecond: 1 }, odd))],
  ["hampelFilter", (odd) => hampelFilter(set, Object.assign({ halfWindow: 1 }, odd))],
  ["withMotion", (odd) => withMotion(set, odd)],
  ["cellDensity", (odd) => cellDensity(set, grid, odd)],
  ["hotRoutes", (odd) => hotRoutes(set, grid, odd)],
  ["dtw", (odd) => dtw(line, line, odd)],
  ["frechet", (odd) => frechet(line, line, odd)],
  ["hausdorff", (odd) => hausdorff(line, line, odd)],
  ["edr", (odd) => edr(line, line, Object.assign({ epsilon: 1 }, odd))],
  ["lcss", (odd) => lcss(line, line, Object.assign({ epsilon: 1 }, odd))],
  ["subtrajectoryDtw", (odd) => subtrajectoryDtw(line, line, odd)],
  ["TrajectoryIndex", (odd) => new TrajectoryIndex(set, odd)],
  [
    "nearestTrajectories",
    (odd) => nearestTrajectories(set, line, Object.assign({ distance: "dtw", k: 1 }, odd)),
  ],
  ["fromGeoJson", (odd) => fromGeoJson({}, odd)],
  ["GeoJsonCollector", (odd) => new GeoJsonCollector(odd)],
  ["toCsv", (odd) => toCsv(set, odd)],
  ["toGeoJson", (odd) => toGeoJson(set, odd)],
  ["toGpx", (odd) => toGpx(set, odd)],
  ["readTrajectories", (odd) => readTrajectories(new Uint8Array(0), odd)],
  ...(
    [
      "readCsv",
      "readGeoJson",
      "readGeoJsonLines",
      "readGpx",
      "readParquet",
      "readPorto",
      "readGeoLife",
      "readCabspotting",
      "readTrajectories",
    ] as const
  ).map((name) => [name, (odd: never) => NODE[name]!("nowhere", odd)] as const),
  ["readUcy", (odd) => node.readUcy("nowhere", Object.assign({ frameIntervalMs: 1 }, odd))],
  ...(
    [
      "streamCsv",
      "streamGeoJson",
      "streamGeoJsonLines",
      "streamGpx",
      "streamParquet",
      "streamPorto",
      "streamTrajectories",
    ] as const
  ).map((name) => [name, (odd: never) => NODE[name]!("nowhere", odd)] as const),
  ...(["writeCsv", "writeGeoJson", "writeGeoJsonLines", "writeGpx", "writeParquet"] as const).map(
    (name) => [name, (odd: never) => NODE[name]!("nowhere", set, odd)] as const,
  ),
];

describe("an option that is not known is named, with the function that was called", () => {
  it.each(CALLS)("%s", async (name, call) => {
    // Whatever throws at once, or rejects.
    await expect((async () => call({ oddOption: 1 } as never))()).rejects.toThrow(
      `${name}: unknown option "oddOption"`,
    );
  });
});

describe("no error names a function that was not called", () => {
  it("fromGeoJson, GeoJsonCollector and the readers name themselves", async () => {
    const options = { timePattern: "qq" };
    const feature = {
      type: "LineString",
      coordinates: [
        [1, 2, 0, 5],
        [3, 4, 0, 6],
      ],
    };
    expect(() => fromGeoJson(feature, options)).toThrow("fromGeoJson: timePattern must");
    expect(() => new GeoJsonCollector(options).add(feature)).toThrow("GeoJsonCollector: timePattern must");
    expect(() => fromGeoJson(feature, { times: "all" as never })).toThrow(
      "fromGeoJson: times must be one of",
    );
    const data = [{ name: "a.geojson", data: new TextEncoder().encode(JSON.stringify(feature)) }];
    await expect(readTrajectories(data, options)).rejects.toThrow("readTrajectories: timePattern must");
  });

  it("withMotion names the property that its column would hide", () => {
    expect(() => withMotion(set.with({ properties: { v: [1] } }), { speed: "v" })).toThrow(
      'withMotion: speed must be the name of a point column and of no property, got "v"',
    );
  });
});

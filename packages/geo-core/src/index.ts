export type {
  DirectedHausdorffMetric,
  DistanceMetric,
  DtwMetric,
  DtwOptions,
  EdrMetric,
  EdrOptions,
  FrechetMetric,
  HausdorffMetric,
  LcssMetric,
  LcssOptions,
  PointMatching,
  PointMetric,
  TrajectoryDistanceOptions,
} from "./distances/distance-metric.js";
export { dtw } from "./distances/dtw.js";
export { edr } from "./distances/edr.js";
export { frechet } from "./distances/frechet.js";
export { directedHausdorff, hausdorff } from "./distances/hausdorff.js";
export { lcss } from "./distances/lcss.js";
export {
  type CondensedDistances,
  type DistanceProgress,
  type DistanceRunOptions,
  distancesToMany,
  type PairwiseDistancesOptions,
  pairwiseDistances,
} from "./distances/pairwise-distances.js";
export { pairwiseLcss } from "./distances/pairwise-lcss.js";
export {
  type MutualSubtrajectoryMatch,
  mutualSubtrajectory,
  type SubtrajectoryDtwOptions,
  type SubtrajectoryMatch,
  type SubtrajectoryMetric,
  subtrajectoryDtw,
  subtrajectoryFrechet,
} from "./distances/subtrajectory.js";
export {
  type NearestManyOptions,
  type NearestOptions,
  nearestTrajectories,
  type TrajectoryHit,
  TrajectoryIndex,
  type TrajectoryIndexOptions,
} from "./distances/trajectory-index.js";
export type { BrokenFile, ReadTrajectoriesOptions } from "./formats/any-format.js";
export { type CsvTextOptions, toCsv } from "./formats/csv/to-csv.js";
export type { TrackFormat } from "./formats/detect-format.js";
export {
  type FromGeoJsonOptions,
  fromGeoJson,
  GeoJsonCollector,
  type GeoJsonReadResult,
} from "./formats/geojson/from-geojson.js";
export type { GeoJsonReadOptions, GeoJsonTimes } from "./formats/geojson/geojson-options.js";
export {
  type GeoJsonLineCollection,
  type GeoJsonLineFeature,
  type GeoJsonWriteOptions,
  toGeoJson,
} from "./formats/geojson/to-geojson.js";
export { type GpxTextOptions, toGpx } from "./formats/gpx/to-gpx.js";
export type { FileData, TrajectoryData, TrajectoryFile } from "./formats/read-bytes.js";
export { readTrajectories, streamTrajectories } from "./formats/read-trajectories.js";
export type { TrajectoriesRead, TrajectoriesReport } from "./formats/trajectories-read.js";
export { askedThreads } from "./foundation/asked-threads.js";
export { checkOptions, type OptionName } from "./foundation/check-options.js";
export { FormatError, type FormatLocation, ShapeError, StateError, ValueError } from "./foundation/errors.js";
export { Pace } from "./foundation/pace.js";
export { Random } from "./foundation/random.js";
export { isError, isFloat32Array, isFloat64Array, isUint8Array } from "./foundation/realms.js";
export {
  checkAllFinite,
  checkAnswer,
  checkArray,
  checkFinite,
  checkGiven,
  checkInRange,
  checkLength,
  checkNonNegativeInteger,
  checkOneOf,
  checkPlainObject,
  checkPositive,
  checkPositiveInteger,
} from "./foundation/validate.js";
export {
  type BoundingBox,
  bboxAround,
  bboxCenter,
  bboxContains,
  bboxIntersects,
  bboxOf,
  bboxSplit,
  bboxUnion,
} from "./geometry/bbox.js";
export {
  EARTH_RADIUS_METERS,
  greatCircleBearingDegrees,
  greatCircleDestination,
  greatCircleDistanceMeters,
  greatCircleInterpolate,
  haversineMeters,
} from "./geometry/great-circle.js";
export { longitudeDifference, normalizeLongitude, type Position } from "./geometry/position.js";
export {
  azimuthalEquidistant,
  localEquirectangular,
  type Projection,
  projectSet,
  unprojectSet,
  WEB_MERCATOR_LIMIT_METERS,
  WEB_MERCATOR_MAX_LATITUDE,
  WEB_MERCATOR_RADIUS_METERS,
  webMercator,
} from "./geometry/projection.js";
export { UniformGrid, type UniformGridOptions } from "./geometry/uniform-grid.js";
export { type ClipPolygon, clipByBox, clipByPolygon } from "./operations/clip-by-region.js";
export { type ClipByTimeOptions, clipByTime } from "./operations/clip-by-time.js";
export type { TrajectoryParts } from "./operations/cut.js";
export {
  type CellDensityOptions,
  type CellValues,
  cellDensity,
  type HotRoute,
  type HotRouteOptions,
  hotRoutes,
} from "./operations/density.js";
export { type DistortOptions, distort } from "./operations/distort.js";
export { type DownsampleOptions, downsample } from "./operations/downsample.js";
export {
  dropSpeedOutliers,
  type FilteredPoints,
  type HampelOptions,
  hampelFilter,
  type SpeedOutlierOptions,
} from "./operations/filter-outliers.js";
export { findStops, type Stop, type StopOptions } from "./operations/find-stops.js";
export {
  type MotionOptions,
  pointHeadings,
  pointSpeeds,
  trajectoryDurations,
  trajectoryLengths,
  withMotion,
} from "./operations/motion.js";
export type { TrajectoryPieces } from "./operations/pieces.js";
export {
  type ResampleByDistanceOptions,
  type ResampleToCountOptions,
  resampleByDistance,
  resampleToCount,
} from "./operations/resample-by-distance.js";
export { type ResampleByTimeOptions, resampleByTime } from "./operations/resample-by-time.js";
export { segmentByTimeGap, type TimeGapSegments } from "./operations/segment-by-time-gap.js";
export { simplify } from "./operations/simplify.js";
export { type SimplifyByAreaOptions, simplifyByArea } from "./operations/simplify-by-area.js";
export { type SlidingWindows, slidingWindows } from "./operations/sliding-windows.js";
export { type SmoothOptions, smooth } from "./operations/smooth.js";
export {
  type DistanceGapOptions,
  type SplitAtStopsOptions,
  type SplitByPeriodOptions,
  splitAtStops,
  splitByDistanceGap,
  splitByPeriod,
} from "./operations/split.js";
export {
  type DuplicateOptions,
  dropDuplicates,
  type MergeOptions,
  mergeTrajectories,
  sortByTime,
} from "./operations/tidy.js";
export { ImageFrame, type ImageFrameOptions, type PlanarExtent } from "./raster/image-frame.js";
export {
  type ImageBuffer,
  type RasterizeSetOptions,
  rasterizePolyline,
  rasterizeSet,
} from "./raster/rasterize.js";
export type {
  CrsOptions,
  ReadOptions,
  StreamOptions,
  TimeFormatOptions,
  TimeOptions,
} from "./reading/options.js";
export type { Mended, MendReason, ReadProgress, ReadReport, Skipped, SkipReason } from "./reading/report.js";
export { type TrajectoryBatch, TrajectoryStream } from "./reading/stream.js";
export { type City, type CityOptions, createCity } from "./synthetic/city.js";
export { type CrowdOptions, createCrowd } from "./synthetic/crowd.js";
export type { RoadNetwork } from "./synthetic/road-network.js";
export {
  createRoutes,
  type RouteScene,
  type Routes,
  type RoutesOptions,
  routeScenes,
} from "./synthetic/routes.js";
export { checkSet } from "./trajectories/check-set.js";
export {
  isLegalTime,
  MAX_TIME_MS,
  USUAL_TIMES_MS,
} from "./trajectories/times.js";
export {
  type ColumnValue,
  type CoordinateSystem,
  type PointColumn,
  type PropertyColumn,
  type Trajectory,
  type TrajectoryColumns,
  TrajectorySet,
  type TrajectorySetOptions,
  type TransferableTrajectorySet,
} from "./trajectories/trajectory-set.js";
export {
  TrajectorySetBuilder,
  type TrajectorySetBuilderOptions,
} from "./trajectories/trajectory-set-builder.js";

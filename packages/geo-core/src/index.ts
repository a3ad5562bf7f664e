export {
  type BoundingBox,
  bboxAround,
  bboxCenter,
  bboxContains,
  bboxIntersects,
  bboxOf,
  bboxSplit,
  bboxUnion,
} from "./bbox.js";
export { checkOptions, type OptionName } from "./check-options.js";
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
export { type DistortOptions, distort } from "./distort.js";
export { type DownsampleOptions, downsample } from "./downsample.js";
export { FormatError, type FormatLocation, ShapeError, StateError, ValueError } from "./errors.js";
export { fromGeoJson, GeoJsonCollector, type GeoJsonReadResult } from "./from-geojson.js";
export {
  type GeoJsonFeatureLines,
  type GeoJsonLine,
  type GeoJsonReadOptions,
  type GeoJsonTimes,
  parseGeoJsonFeature,
} from "./geojson-feature.js";
export {
  EARTH_RADIUS_METERS,
  greatCircleBearingDegrees,
  greatCircleDestination,
  greatCircleDistanceMeters,
  greatCircleInterpolate,
  haversineMeters,
} from "./great-circle.js";
export { ImageFrame, type ImageFrameOptions, type PlanarExtent } from "./image-frame.js";
export { Pace } from "./pace.js";
export { longitudeDifference, normalizeLongitude, type Position } from "./position.js";
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
} from "./projection.js";
export { Random } from "./random.js";
export { type ImageBuffer, type RasterizeSetOptions, rasterizePolyline, rasterizeSet } from "./rasterize.js";
export { resampleByDistance, resampleToCount } from "./resample-by-distance.js";
export { resampleByTime } from "./resample-by-time.js";
export { segmentByTimeGap, type TimeGapSegments } from "./segment-by-time-gap.js";
export { simplify } from "./simplify.js";
export { type SlidingWindows, slidingWindows } from "./sliding-windows.js";
export { type City, type CityOptions, createCity } from "./synthetic/city.js";
export { type CrowdOptions, createCrowd } from "./synthetic/crowd.js";
export type { RoadNetwork } from "./synthetic/road-network.js";
export {
  type GeoJsonLineCollection,
  type GeoJsonLineFeature,
  type GeoJsonWriteOptions,
  toGeoJson,
} from "./to-geojson.js";
export {
  type CoordinateSystem,
  type Trajectory,
  type TrajectoryColumns,
  TrajectorySet,
  type TrajectorySetOptions,
  type TransferableTrajectorySet,
} from "./trajectory-set.js";
export { TrajectorySetBuilder, type TrajectorySetBuilderOptions } from "./trajectory-set-builder.js";
export { UniformGrid, type UniformGridOptions } from "./uniform-grid.js";
export {
  checkAllFinite,
  checkFinite,
  checkInRange,
  checkLength,
  checkNonNegativeInteger,
  checkOneOf,
  checkPositive,
  checkPositiveInteger,
} from "./validate.js";

export { type CabspottingBatch, readCabspotting, streamCabspotting } from "./cabspotting.js";
export { type GeoLifeBatch, readGeoLife, streamGeoLife } from "./geolife.js";
export { GeoLifeLabels, type TransportLabel } from "./geolife-labels.js";
export { type PairwiseDistancesNodeOptions, pairwiseDistances } from "./pairwise-distances.js";
export { type PortoBatch, type PortoOptions, type PortoTrip, readPorto, streamPorto } from "./porto.js";
export {
  type ReadOptions,
  type ReadProgress,
  type ReadReport,
  type Skipped,
  type StreamOptions,
  type TrajectoryBatch,
  TrajectoryStream,
} from "./reading.js";
export { readUcy, streamUcy, type UcyBatch, type UcyTiming } from "./ucy.js";

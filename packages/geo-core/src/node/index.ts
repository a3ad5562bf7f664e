export type {
  CrsOptions,
  ReadOptions,
  StreamOptions,
  TimeFormatOptions,
  TimeOptions,
  TimeUnit,
} from "../reading/options.js";
export type { Mended, MendReason, ReadProgress, ReadReport, Skipped, SkipReason } from "../reading/report.js";
export { type TrajectoryBatch, TrajectoryStream } from "../reading/stream.js";
export type { AttributeValue, WriteOptions } from "../writing/attributes.js";
export { type WriteAtomicallyOptions, type WriteBytes, writeAtomically } from "./atomic-file.js";
export { type CabspottingBatch, readCabspotting, streamCabspotting } from "./cabspotting.js";
export {
  type CsvBatch,
  type CsvColumn,
  type CsvOptions,
  type CsvPointColumns,
  type CsvTrajectoryColumns,
  readCsv,
  streamCsv,
  type TimeFormat,
} from "./csv.js";
export {
  type GeoJsonBatch,
  type GeoJsonProperties,
  readGeoJson,
  readGeoJsonLines,
  streamGeoJson,
  streamGeoJsonLines,
} from "./geojson.js";
export { type GeoLifeBatch, readGeoLife, streamGeoLife } from "./geolife.js";
export { GeoLifeLabels, type TransportLabel } from "./geolife-labels.js";
export {
  type GpxBatch,
  type GpxOptions,
  type GpxSegments,
  type GpxTrack,
  readGpx,
  streamGpx,
} from "./gpx.js";
export { type PairwiseDistancesNodeOptions, pairwiseDistances } from "./pairwise-distances.js";
export {
  type ParquetBatch,
  type ParquetOptions,
  type ParquetPointColumns,
  type ParquetTrajectoryColumns,
  type ParquetValue,
  readParquet,
  streamParquet,
} from "./parquet.js";
export { type PortoBatch, type PortoOptions, type PortoTrip, readPorto, streamPorto } from "./porto.js";
export { readTrajectories, streamTrajectories } from "./read-trajectories.js";
export { readUcy, streamUcy, type UcyBatch, type UcyTiming } from "./ucy.js";
export { type CsvWriteOptions, writeCsv } from "./write-csv.js";
export { type GeoJsonFileOptions, writeGeoJson, writeGeoJsonLines } from "./write-geojson.js";
export { writeGpx } from "./write-gpx.js";
export { type ParquetWriteOptions, writeParquet } from "./write-parquet.js";

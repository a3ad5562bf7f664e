export { drawExtents, type ExtentOptions, type ExtentProtocol, sceneExtent } from "./data/extents.js";
export {
  type ImageChannels,
  type ImageSet,
  imageCount,
  type RenderOptions,
  renderImages,
  renderShapes,
} from "./data/images.js";
export { type Color, type LineColor, toInk } from "./data/ink.js";
export {
  buildPairs,
  type PairSet,
  type Split,
  type SplitOptions,
  type SplitProtocol,
  splitWindows,
} from "./data/pairs.js";
export { type Raster, resizeToSquare } from "./data/resize.js";
export {
  type Architecture,
  type ConfigOverrides,
  type ModelConfig,
  presets,
  resolveConfig,
  type ShapeSource,
  type TrainConfig,
  type TrajCrossConfig,
} from "./model/config.js";
export type { TowerFiles } from "./model/tower-files.js";
export { type EncodeOptions, TrajCross } from "./model/trajcross.js";
export { type FindWindowsOptions, findWindows, type WindowHit } from "./retrieval/find-windows.js";
export { type Nearest, nearestRows } from "./retrieval/nearest.js";
export { defaultThicknesses, RenderComparer } from "./retrieval/render-comparer.js";
export { type ImageShapesOptions, imageShapes, trajectoryShapes } from "./retrieval/shape-rows.js";
export { TrackFinder } from "./retrieval/track-finder.js";
export type {
  AddTracksOptions,
  FindTrackOptions,
  Found,
  Picture,
  TrackFinderContents,
  TrackHit,
} from "./retrieval/track-finder-types.js";
export { type FindOptions, type Hit, TrajCrossIndex } from "./retrieval/trajcross-index.js";
export { LineReader, type LineReading } from "./tracing/line-reader.js";
export { type TracedLine, traceLine } from "./tracing/trace-line.js";

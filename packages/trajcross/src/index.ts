export {
  type Architecture,
  type ConfigOverrides,
  type ModelConfig,
  presets,
  resolveConfig,
  type ShapeSource,
  type TrainConfig,
  type TrajCrossConfig,
} from "./config.js";
export {
  buildPairs,
  type PairSet,
  type Split,
  type SplitOptions,
  type SplitProtocol,
  splitWindows,
} from "./dataset.js";
export { drawExtents, type ExtentOptions, type ExtentProtocol, sceneExtent } from "./extents.js";
export {
  type ImageChannels,
  type ImageSet,
  imageCount,
  type RenderOptions,
  renderImages,
  renderShapes,
} from "./images.js";
export { type Color, type LineColor, toInk } from "./ink.js";
export { type Nearest, nearestRows } from "./nearest.js";
export { defaultThicknesses, RenderComparer } from "./rerank.js";
export { type Raster, resizeToSquare } from "./resize.js";
export type { TowerFiles } from "./tower-files.js";
export { type EncodeOptions, TrajCross } from "./trajcross.js";
export { type FindOptions, type Hit, TrajCrossIndex } from "./trajcross-index.js";

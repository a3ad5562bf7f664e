// What runs without Node: nothing here, nor below, imports a module of Node's or a runtime. Bring an ONNX runtime through `SessionModel`.
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
export { type Raster, resizeToSquare } from "./data/resize.js";
export { type Nearest, nearestRows } from "./retrieval/nearest.js";
export { defaultThicknesses, RenderComparer } from "./retrieval/render-comparer.js";
export { TrackFinder } from "./retrieval/track-finder.js";
export type {
  AddTracksOptions,
  FindTrackOptions,
  Found,
  Picture,
  TrackFinderContents,
  TrackHit,
} from "./retrieval/track-finder-types.js";
export { LineReader, type LineReading } from "./tracing/line-reader.js";
export { type TracedLine, traceLine } from "./tracing/trace-line.js";

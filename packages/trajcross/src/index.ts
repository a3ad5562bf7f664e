export {
  buildPairs,
  type PairSet,
  type Split,
  type SplitOptions,
  type SplitProtocol,
  splitWindows,
} from "./dataset.js";
export { drawExtents, type ExtentOptions, type ExtentProtocol, sceneExtent } from "./extents.js";
export { type ImageSet, imageCount, type RenderOptions, renderImages, renderShapes } from "./images.js";
export { defaultThicknesses, RenderComparer } from "./rerank.js";

export { type BackboneOptions, type FeatureRunOptions, ImageBackbone } from "./image-backbone.js";
export { type GrayImage, type ImageSource, type PixelOptions, readGray, readPixels } from "./pixels.js";
export {
  addSqueezeNet,
  type SqueezeNetManifest,
  type SqueezeNetWeights,
  squeezeNetOnnx,
} from "./squeezenet.js";

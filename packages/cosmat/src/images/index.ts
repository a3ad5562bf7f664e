export {
  BagOfVisualWords,
  type BagOfVisualWordsOptions,
  type ImageRunOptions,
} from "./bag-of-visual-words.js";
export { Codebook, type CodebookOptions } from "./codebook.js";
export { type DenseSiftOptions, type Descriptors, denseSift } from "./dense-sift.js";
export { type BackboneOptions, type FeatureRunOptions, ImageBackbone } from "./image-backbone.js";
export { type GrayImage, type ImageSource, type PixelOptions, readGray, readPixels } from "./pixels.js";
export {
  addSqueezeNet,
  type SqueezeNetManifest,
  type SqueezeNetWeights,
  squeezeNetOnnx,
} from "./squeezenet.js";

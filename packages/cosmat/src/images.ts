export {
  BagOfVisualWords,
  type BagOfVisualWordsOptions,
  type ImageRunOptions,
} from "./images/bag-of-visual-words.js";
export { Codebook, type CodebookOptions } from "./images/codebook.js";
export { type DenseSiftOptions, type Descriptors, denseSift } from "./images/dense-sift.js";
export { type BackboneOptions, type FeatureRunOptions, ImageBackbone } from "./images/image-backbone.js";
export {
  type GrayImage,
  type ImageSource,
  type PixelOptions,
  readGray,
  readPixels,
} from "./images/pixels.js";
export {
  addSqueezeNet,
  type SqueezeNetManifest,
  type SqueezeNetWeights,
  squeezeNetOnnx,
} from "./images/squeezenet.js";

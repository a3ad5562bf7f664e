export type { EncodeOptions, Encoder, ImageEncoder, TextEncoder } from "./encoders/encoder.js";
export { type ImageEncoderOptions, imageEncoder, textEncoder } from "./encoders/node-encoders.js";
export {
  downloadCommand,
  type EncoderArchive,
  openImageEncoder,
  openTextEncoder,
} from "./encoders/open-encoder.js";
export { type EncoderRecipe, encoderRecipes } from "./encoders/recipes.js";
export type { TokenEncoderOptions, TokenizerSource } from "./encoders/text-encoder.js";
export { readTorchWeights, type TorchTensor, type TorchWeights } from "./encoders/torch-weights.js";
export { efficientNetLiteOnnx, efficientNetLitePixels } from "./images/efficientnet-lite.js";
export { torchAlexNetOnnx } from "./images/torch-alexnet.js";

export type { ImageSidecar } from "./node/georeference.js";
export {
  type ImageFolder,
  type ReadImageFolderOptions,
  type ReadImageOptions,
  readImage,
  readImageFolder,
  type WriteImageFolderOptions,
  writeImageFolder,
} from "./node/image-folder.js";

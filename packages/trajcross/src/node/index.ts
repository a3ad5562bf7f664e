export type { ImageSidecar } from "./georeference.js";
export {
  type ImageFolder,
  type ReadImageFolderOptions,
  type ReadImageOptions,
  readImage,
  readImageFolder,
  type WriteImageFolderOptions,
  writeImageFolder,
} from "./image-folder.js";

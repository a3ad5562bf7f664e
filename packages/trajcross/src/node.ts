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
export {
  loadLineReader,
  type OpenTrackFinderOptions,
  openTrackFinder,
  saveTrackFinder,
} from "./node/open-track-finder.js";
export { type ReadPictureOptions, readPicture } from "./node/read-picture.js";

import { FormatError, TrajectorySet, ValueError } from "@wayweave/geo-core";
import { type Checkpoint, loadCheckpoint, saveCheckpoint } from "@wayweave/nn";
import { checkPlanarSet } from "../data/extents.js";
import { checkImageSet, type ImageSet, imageCount } from "../data/images.js";
import type { TrajCross } from "../model/trajcross.js";
import type { GalleryImages, GalleryTrajectories } from "./gallery.js";

/** What a {@link TrajCrossIndex} holds. */
export interface Gallery {
  readonly images: GalleryImages;
  readonly trajectories: GalleryTrajectories;
}

type Model = Pick<TrajCross, "config" | "trainingId">;

const format = "wayweave-trajcross-index";
const formatVersion = 2;

const columnTypes = {
  imagePixels: "uint8",
  imageExtents: "float64",
  imageEmbeddings: "float32",
  coordinates: "float64",
  offsets: "int32",
  trajectoryEmbeddings: "float32",
} as const;

type ColumnName = keyof typeof columnTypes;
type ColumnData = { uint8: Uint8Array; int32: Int32Array; float32: Float32Array; float64: Float64Array };
type Columns = { readonly [Name in ColumnName]: ColumnData[(typeof columnTypes)[Name]] };

/** Saves a gallery in one file, atomically, with the identity of the model that its embeddings are of. */
export async function saveGallery(
  file: string,
  { images, trajectories }: Gallery,
  model: Model,
): Promise<void> {
  const columns: Columns = {
    imagePixels: images.set.pixels,
    imageExtents: images.set.extents,
    imageEmbeddings: images.embeddings,
    coordinates: trajectories.set.coordinates,
    offsets: Int32Array.from(trajectories.set.offsets),
    trajectoryEmbeddings: trajectories.embeddings,
  };
  const tensors = (Object.keys(columnTypes) as ColumnName[]).map((name) => {
    const data = columns[name];
    return [name, { type: columnTypes[name], shape: [data.length], data }] as const;
  });
  await saveCheckpoint(file, {
    tensors: Object.fromEntries(tensors),
    metadata: {
      format,
      version: formatVersion,
      trainingId: model.trainingId,
      imageIds: images.ids,
      trajectoryIds: Array.from(trajectories.set, ({ id }) => id),
    },
  });
}

/**
 * Loads a gallery that was saved with the same model.
 *
 * @throws {FormatError} a damaged file, one of something else or of another version, parts that do not fit each other; names it
 * @throws {ValueError} a gallery of another model
 */
export async function loadGallery(where: string, file: string, model: Model): Promise<Gallery> {
  const checkpoint = await loadCheckpoint(file);
  const metadata = (checkpoint.metadata ?? {}) as Readonly<Record<string, unknown>>;
  if (metadata.format !== format || metadata.version !== formatVersion) {
    throw new FormatError(`must be a gallery saved by TrajCrossIndex.save, version ${formatVersion}`, {
      file,
    });
  }
  if (metadata.trainingId !== model.trainingId) {
    throw new ValueError(
      `${where}: ${file} must be of this model, whose trainingId is ${model.trainingId}, got one of ${metadata.trainingId}`,
    );
  }
  const columns = readColumns(checkpoint, file);
  const width = model.config.embeddingSize;
  const set = readImages(columns, model, file);
  const count = imageCount(set);
  const imageIds = readIds(metadata, "imageIds", count, file);
  checkEmbeddings(columns, "imageEmbeddings", count * width, file);
  const trajectories = readTrajectories(columns, metadata, file);
  checkEmbeddings(columns, "trajectoryEmbeddings", trajectories.length * width, file);
  return {
    images: { set, ids: imageIds, embeddings: columns.imageEmbeddings },
    trajectories: { set: trajectories, embeddings: columns.trajectoryEmbeddings },
  };
}

function readColumns({ tensors }: Checkpoint, file: string): Columns {
  const columns = (Object.keys(columnTypes) as ColumnName[]).map((name) => {
    const tensor = tensors.get(name);
    if (tensor?.type !== columnTypes[name]) {
      throw new FormatError(
        `must hold a tensor ${name} of ${columnTypes[name]}, got ${tensor?.type ?? "none"}`,
        { file },
      );
    }
    return [name, tensor.data] as const;
  });
  return Object.fromEntries(columns) as unknown as Columns;
}

function readImages(columns: Columns, { config }: Model, file: string): ImageSet {
  const images: ImageSet = {
    size: config.imageSize,
    channels: config.channels,
    pixels: columns.imagePixels,
    extents: columns.imageExtents,
  };
  return reading(file, () => {
    checkImageSet("imagePixels and imageExtents", images);
    return images;
  });
}

function readTrajectories(
  { coordinates, offsets }: Columns,
  metadata: Readonly<Record<string, unknown>>,
  file: string,
): TrajectorySet {
  const ids = readIds(metadata, "trajectoryIds", offsets.length - 1, file);
  return reading(file, () => {
    const set = new TrajectorySet({
      coordinates,
      offsets: Uint32Array.from(offsets),
      ids,
      coordinateSystem: "planar",
    });
    checkPlanarSet("offsets", set);
    return set;
  });
}

function readIds(
  metadata: Readonly<Record<string, unknown>>,
  name: "imageIds" | "trajectoryIds",
  count: number,
  file: string,
): string[] {
  const ids = metadata[name];
  if (!Array.isArray(ids) || ids.length !== count || !ids.every((id) => typeof id === "string")) {
    const got = Array.isArray(ids) ? `${ids.length} values` : typeof ids;
    throw new FormatError(`${name} must hold ${count} texts, got ${got}`, { file });
  }
  return ids;
}

function checkEmbeddings(
  columns: Columns,
  name: "imageEmbeddings" | "trajectoryEmbeddings",
  length: number,
  file: string,
): void {
  if (columns[name].length === length) return;
  throw new FormatError(`${name} must have length ${length}, got ${columns[name].length}`, { file });
}

/** What does not fit in a file is the file's fault, whatever checks it. */
function reading<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new FormatError((cause as Error).message, { file }, { cause });
  }
}

import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import {
  type CoordinateSystem,
  checkArray,
  checkOneOf,
  checkOptions,
  checkPositiveInteger,
  FormatError,
  type PlanarExtent,
  type Projection,
  ShapeError,
  ValueError,
} from "@wayweave/geo-core";
import { writeAtomically } from "@wayweave/geo-core/node";
import { encode } from "fast-png";
import {
  channelsOf,
  checkChannels,
  checkImageSet,
  type ImageChannels,
  type ImageSet,
  imageCount,
} from "../data/images.js";
import { type LineColor, toInk } from "../data/ink.js";
import { type Raster, resizeToSquare } from "../data/resize.js";
import { checkCallback, checkPath, checkSignal } from "../internal/arguments.js";
import { decodePicture } from "./decode-picture.js";
import { folderFault, readingFault } from "./file-faults.js";
import {
  type Georeference,
  type ImageSidecar,
  readGeoreference,
  sidecarsOf,
  worldFileOf,
} from "./georeference.js";

/** What becomes of a picture file's pixels, and how its corners are read. */
export interface ReadImageOptions {
  /** Pixels across and down afterwards: the model's `imageSize`. @defaultValue 64 */
  readonly size?: number;
  /** The model's `channels`: 1 makes ink of the line, 3 keeps the colours. @defaultValue 1 */
  readonly channels?: ImageChannels;
  /** Which pixels are the line, where `channels` is 1. @defaultValue "auto" */
  readonly line?: LineColor;
  /** How degrees become metres, where an image's corners are lon/lat; the one that the trajectories are projected with. */
  readonly projection?: Projection;
  /** What the numbers of world files are. @defaultValue "planar" */
  readonly worldFiles?: CoordinateSystem;
}

/** How each file of the folder is read, and how to watch and stop it. */
export interface ReadImageFolderOptions extends ReadImageOptions {
  /** Called after each picture: pictures read, of all. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
  /** Heard before each picture; the promise is rejected with its reason. */
  readonly signal?: AbortSignal;
}

/** What a folder held. */
export interface ImageFolder {
  /** An image a picture, in the order of file names. */
  readonly images: ImageSet;
  /** File names without extension, in the images' order. */
  readonly ids: readonly string[];
  /** Files that are neither PNG, JPEG or WebP nor beside one. */
  readonly skipped: readonly string[];
}

/**
 * Reads every PNG, JPEG and WebP file of a folder, in the order of names, with what it shows of the plane from the JSON sidecar
 * (`{ "upperLeft": [x, y], "lowerRight": [x, y], "coordinateSystem": "lonlat" | "planar" }`) or the world file beside it.
 *
 * Images may be of any size: they are brought to the model's by averaging areas. One that is not square is put into the middle of a
 * square, its extent grown to match.
 *
 * @throws {FormatError} a file that cannot be read, or does not say where it lies; names it
 * @throws {ValueError} lon/lat corners without `projection`, options out of range
 * @example const { images, ids } = await readImageFolder("maps", { line: [255, 0, 0] });
 */
export async function readImageFolder(
  folder: string,
  options: ReadImageFolderOptions = {},
): Promise<ImageFolder> {
  checkPath("readImageFolder", "folder", folder);
  const { size = 64, channels = 1 } = checkRead("readImageFolder", options, ["onProgress", "signal"]);
  const { onProgress, signal, ...own } = options;
  checkSignal("readImageFolder", signal);
  checkCallback("readImageFolder", "onProgress", onProgress);
  const names = (await readdir(folder)).sort();
  const files = names.filter((name) => isPicture(name));
  const known = new Set(files.flatMap((file) => [file, ...sidecarsOf(file)]));
  const pixels = new Uint8Array(files.length * size * size * channels);
  const extents = new Float64Array(4 * files.length);
  for (const [i, file] of files.entries()) {
    signal?.throwIfAborted();
    const image = await readImage(path.join(folder, file), own);
    pixels.set(image.pixels, i * size * size * channels);
    extents.set(image.extents, 4 * i);
    onProgress?.({ done: i + 1, total: files.length });
  }
  return {
    images: { pixels, size, channels, extents },
    ids: files.map((file) => path.parse(file).name),
    skipped: names.filter((name) => !known.has(name)),
  };
}

/** Reads one PNG, JPEG or WebP file as a set of one image; see {@link readImageFolder}. */
export async function readImage(file: string, options: ReadImageOptions = {}): Promise<ImageSet> {
  checkPath("readImage", "file", file);
  const { size = 64, channels = 1, line = "auto", worldFiles = "planar" } = checkRead("readImage", options);
  const bytes = await readFile(file).catch((error: unknown) => {
    throw readingFault(file, error);
  });
  const picture = await decodePicture(bytes, path.basename(file));
  const georeference = await readGeoreference(file, picture, worldFiles);
  const extent = squareExtent(planarExtent(georeference, file, options.projection), picture);
  const pixels =
    channels === 3
      ? resizeToSquare(picture, size)
      : shrinkInk({ ...picture, channels: 1, data: toInk(picture.data, line) }, size);
  return { pixels, size, channels, extents: Float64Array.from(extent) };
}

function isPicture(name: string): boolean {
  return /\.(png|jpe?g|webp)$/i.test(name);
}

/** @param further options of the function besides those of one image */
function checkRead(
  where: string,
  options: ReadImageFolderOptions,
  further: readonly ("onProgress" | "signal")[] = [],
): ReadImageOptions {
  checkOptions(where, options, ["size", "channels", "line", "projection", "worldFiles", ...further]);
  const { size = 64, channels = 1, worldFiles = "planar" } = options;
  checkPositiveInteger(where, "size", size);
  checkChannels(where, "channels", channels);
  checkOneOf(where, "worldFiles", worldFiles, ["lonlat", "planar"]);
  return options;
}

function planarExtent(
  { extent, coordinateSystem }: Georeference,
  file: string,
  projection: Projection | undefined,
): PlanarExtent {
  if (coordinateSystem === "planar") return extent;
  const name = path.basename(file);
  if (projection === undefined) {
    throw new ValueError(`readImage: projection must be given, since ${name} lies in lon/lat`);
  }
  const [west, south, east, north] = extent;
  const [left, bottom] = projection.forward([west, south]);
  const [right, top] = projection.forward([east, north]);
  if (!(left < right && bottom < top)) {
    throw new FormatError(
      `its corners must span a part of the projection's plane, got [${[left, bottom, right, top].join(", ")}]`,
      {
        file: name,
      },
    );
  }
  return [left, bottom, right, top];
}

/** Grows the shorter side's extent about its middle, as {@link resizeToSquare} grows the picture. */
function squareExtent([left, bottom, right, top]: PlanarExtent, { width, height }: Raster): PlanarExtent {
  const side = Math.max(width, height);
  const growX = ((right - left) * (side / width - 1)) / 2;
  const growY = ((top - bottom) * (side / height - 1)) / 2;
  return [left - growX, bottom - growY, right + growX, top + growY];
}

/** A picture whose darkest ink is fainter than this does not show the line: its colours are at best somewhat near the line's. */
const smallestInk = 64;

/**
 * Ink of the model's size, up to 255: a thin line of a large picture is faint after averaging. Where the line's colour does not occur
 * there is nothing to raise, and what is faint stays faint.
 */
function shrinkInk(picture: Raster, size: number): Uint8Array {
  const ink = resizeToSquare(picture, size);
  const largest = largestOf(ink);
  if (largest === 0 || largestOf(picture.data) < smallestInk) return ink;
  return ink.map((value) => Math.round((255 * value) / largest));
}

function largestOf(values: Uint8Array): number {
  return values.reduce((a, b) => Math.max(a, b), 0);
}

/** How {@link writeImageFolder} names the files, and how they say where an image lies. */
export interface WriteImageFolderOptions {
  /** File names without extension, one an image; `0`, `1`, … where absent. */
  readonly ids?: readonly string[];
  /** What says where an image lies: a JSON file, or a world file (`.pgw`). @defaultValue "json" */
  readonly sidecar?: "json" | "world";
}

/**
 * Writes images as PNG files, each with its extent beside it. Ink is written dark on white.
 *
 * A file holds the old content or the whole new one. Sidecars of both kinds that an earlier call has left go first, so that no picture
 * ever lies beside another one's extent: after a crash it may lie beside none.
 *
 * @throws {ShapeError} another number of ids than images @throws {ValueError} an id that is no file name, or occurs twice
 */
export async function writeImageFolder(
  folder: string,
  images: ImageSet,
  options: WriteImageFolderOptions = {},
): Promise<void> {
  const where = "writeImageFolder";
  checkPath(where, "folder", folder);
  checkOptions(where, options, ["ids", "sidecar"]);
  const { ids, sidecar = "json" } = options;
  checkImageSet(where, images);
  checkOneOf(where, "sidecar", sidecar, ["json", "world"]);
  const names = checkNames(where, ids, imageCount(images));
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw folderFault(where, folder, error);
  });
  for (const [i, name] of names.entries()) {
    const file = path.join(folder, name);
    for (const extension of Object.values(sidecarExtensions)) await rm(file + extension, { force: true });
    await writeWhole(`${file}.png`, pngOf(images, i));
    const text = new TextEncoder().encode(sidecarOf(images, i, sidecar));
    await writeWhole(file + sidecarExtensions[sidecar], text);
  }
}

const sidecarExtensions = { json: ".json", world: ".pgw" } as const;

function writeWhole(file: string, bytes: Uint8Array): Promise<void> {
  return writeAtomically(file, (write) => write(bytes));
}

function pngOf(images: ImageSet, i: number): Uint8Array {
  const { size } = images;
  const channels = channelsOf(images);
  const pixels = images.pixels.subarray(i * size * size * channels, (i + 1) * size * size * channels);
  const data = channels === 1 ? pixels.map((ink) => 255 - ink) : pixels;
  return encode({ width: size, height: size, data, depth: 8, channels });
}

function sidecarOf(images: ImageSet, i: number, kind: "json" | "world"): string {
  const [left, bottom, right, top] = images.extents.subarray(4 * i, 4 * i + 4) as unknown as PlanarExtent;
  if (kind === "world") return worldFileOf([left, bottom, right, top], images.size);
  const corners: ImageSidecar = {
    upperLeft: [left, top],
    lowerRight: [right, bottom],
    coordinateSystem: "planar",
  };
  return `${JSON.stringify(corners)}\n`;
}

function checkNames(where: string, ids: readonly string[] | undefined, count: number): readonly string[] {
  if (ids === undefined) return Array.from({ length: count }, (_, i) => String(i));
  checkArray(where, "ids", ids);
  if (ids.length !== count)
    throw new ShapeError(`${where}: ids must have length ${count}, got ${ids.length}`);
  const seen = new Set<string>();
  for (const id of ids) {
    if (typeof id !== "string" || id === "" || id !== path.basename(id) || id.startsWith(".")) {
      throw new ValueError(`${where}: ids must be file names, got ${JSON.stringify(id)}`);
    }
    if (seen.has(id))
      throw new ValueError(`${where}: ids must be different, got ${JSON.stringify(id)} twice`);
    seen.add(id);
  }
  return ids;
}

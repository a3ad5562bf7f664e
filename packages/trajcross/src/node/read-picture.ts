import { readFile } from "node:fs/promises";
import path from "node:path";
import {
  type BoundingBox,
  type CoordinateSystem,
  checkOneOf,
  checkOptions,
  FormatError,
  type PlanarExtent,
} from "@wayweave/geo-core";
import { checkPath } from "../internal/arguments.js";
import type { Picture } from "../retrieval/track-finder.js";
import { decodePicture } from "./decode-picture.js";
import { findGeoreference } from "./georeference.js";
import { isTiff, readTiff } from "./geotiff.js";

/** How {@link readPicture} takes the numbers that say where the picture lies. */
export interface ReadPictureOptions {
  /** What the numbers of a world file or of a GeoTIFF's tags are: degrees, or the tracks' own plane. @defaultValue "lonlat" */
  readonly worldFiles?: CoordinateSystem;
}

/**
 * Reads a PNG, JPEG, WebP, AVIF, GIF or TIFF file, whatever its name, with its corners where a JSON sidecar or a world file beside it tells them, or else a GeoTIFF's tags. (A camera's
 * EXIF position tells one point, no corners, and is not looked at.)
 *
 * @throws {FormatError} no such picture, a damaged one, a broken sidecar, or a GeoTIFF that is not in degrees or Web Mercator; names the file
 * @example const picture = await readPicture("screenshot.png");
 */
export async function readPicture(file: string, options: ReadPictureOptions = {}): Promise<Picture> {
  const where = "readPicture";
  checkPath(where, "file", file);
  checkOptions(where, options, ["worldFiles"]);
  const { worldFiles = "lonlat" } = options;
  checkOneOf(where, "worldFiles", worldFiles, ["lonlat", "planar"]);
  const name = path.basename(file);
  const bytes = await readFile(file).catch((cause: NodeJS.ErrnoException) => {
    throw new FormatError(
      `the picture must be a file that can be read (${cause.message})`,
      { file },
      { cause },
    );
  });
  const tiff = isTiff(bytes) ? await readTiff(bytes, name, worldFiles) : undefined;
  const picture = tiff?.picture ?? (await decodePicture(bytes, name));
  const georeference = (await findGeoreference(file, picture, worldFiles)) ?? tiff?.georeference;
  if (georeference === undefined) return picture;
  return { ...picture, bounds: georeference.extent as BoundingBox | PlanarExtent };
}

import { readFile } from "node:fs/promises";
import path from "node:path";
import {
  type BoundingBox,
  type CoordinateSystem,
  checkOneOf,
  checkOptions,
  type PlanarExtent,
} from "@wayweave/geo-core";
import type { Picture } from "../retrieval/track-finder.js";
import { decodePicture } from "./decode-picture.js";
import { findGeoreference } from "./georeference.js";

export interface ReadPictureOptions {
  /** What the numbers of a world file are. @defaultValue "lonlat" */
  readonly worldFiles?: CoordinateSystem;
}

/**
 * Reads a PNG, JPEG or WebP file, with its corners where a JSON sidecar or a world file beside it tells them.
 *
 * @throws {FormatError} no such picture, a damaged one, or a broken sidecar; names the file
 * @example const picture = await readPicture("screenshot.png");
 */
export async function readPicture(file: string, options: ReadPictureOptions = {}): Promise<Picture> {
  const where = "readPicture";
  checkOptions(where, options, ["worldFiles"]);
  const { worldFiles = "lonlat" } = options;
  checkOneOf(where, "worldFiles", worldFiles, ["lonlat", "planar"]);
  const picture = await decodePicture(await readFile(file), path.basename(file));
  const georeference = await findGeoreference(file, picture, worldFiles);
  if (georeference === undefined) return picture;
  return { ...picture, bounds: georeference.extent as BoundingBox | PlanarExtent };
}

import { readFile } from "node:fs/promises";
import path from "node:path";
import {
  type BoundingBox,
  type CoordinateSystem,
  checkAllFinite,
  checkArray,
  checkLength,
  checkOneOf,
  checkOptions,
  FormatError,
  isError,
  type PlanarExtent,
  ValueError,
} from "@wayweave/geo-core";
import { checkCallback, checkPath } from "../internal/arguments.js";
import type { Picture } from "../retrieval/track-finder-types.js";
import { decodePicture } from "./decode-picture.js";
import { findGeoreference, type Georeference } from "./georeference.js";
import { isTiff, readTiff } from "./geotiff.js";

/** Where {@link readPicture} takes the picture's corners from. */
export interface ReadPictureOptions {
  /**
   * What the tracks' numbers are, and so those of a world file or of a GeoTIFF's tags: degrees, or the tracks' own plane. Where it is
   * given, a JSON sidecar must say the same. @defaultValue "lonlat"
   */
  readonly worldFiles?: CoordinateSystem;
  /** The corners, `[west, south, east, north]`: then neither files beside the picture nor a GeoTIFF's tags are read. */
  readonly bounds?: BoundingBox | PlanarExtent;
  /** Whether the files beside the picture are read. @defaultValue true */
  readonly sidecar?: boolean;
  /** Told of a JSON file beside the picture that is something else than its sidecar. @defaultValue console.warn */
  readonly onWarning?: (warning: string) => void;
}

/**
 * Reads a PNG, JPEG, WebP, AVIF, GIF or TIFF file, whatever its name, with its corners where a JSON sidecar or a world file beside it tells them, or else a GeoTIFF's tags. (A camera's
 * EXIF position tells one point, no corners, and is not looked at.)
 *
 * The sidecar of `shot.png` is `shot.json`: `{ "upperLeft": [x, y], "lowerRight": [x, y], "coordinateSystem": "lonlat" | "planar" }`. Another
 * JSON of this name, with none of these keys, is passed over with a warning.
 *
 * @throws {FormatError} no such picture, a damaged one, a broken sidecar, or a GeoTIFF that is not in degrees or Web Mercator; names the file
 * @throws {ValueError} an option that is none
 * @example const picture = await readPicture("screenshot.png");
 */
export async function readPicture(file: string, options: ReadPictureOptions = {}): Promise<Picture> {
  const where = "readPicture";
  checkPath(where, "file", file);
  checkReadPicture(where, options);
  const { worldFiles = "lonlat", bounds } = options;
  const name = path.basename(file);
  const bytes = await readFile(file).catch((cause: NodeJS.ErrnoException) => {
    throw new FormatError(
      `the picture must be a file that can be read (${cause.message})`,
      { file },
      { cause },
    );
  });
  const tagSystem = bounds === undefined ? worldFiles : undefined;
  const tiff = isTiff(bytes) ? await readTiff(bytes, name, tagSystem) : undefined;
  const picture = tiff?.picture ?? (await decodePicture(bytes, name));
  if (bounds !== undefined) return { ...picture, bounds };
  const georeference = (await besidePicture(file, picture, options)) ?? tiff?.georeference;
  if (georeference === undefined) return picture;
  return { ...picture, bounds: georeference.extent as BoundingBox | PlanarExtent };
}

function checkReadPicture(where: string, options: ReadPictureOptions): void {
  checkOptions(where, options, ["worldFiles", "bounds", "sidecar", "onWarning"]);
  const { worldFiles, bounds, sidecar, onWarning } = options;
  if (worldFiles !== undefined) checkOneOf(where, "worldFiles", worldFiles, ["lonlat", "planar"]);
  if (sidecar !== undefined && typeof sidecar !== "boolean") {
    throw new ValueError(`${where}: sidecar must be true or false, got ${JSON.stringify(sidecar)}`);
  }
  checkCallback(where, "onWarning", onWarning);
  if (bounds === undefined) return;
  checkArray(where, "bounds", bounds);
  checkLength(where, "bounds", bounds, 4);
  checkAllFinite(where, "bounds", bounds);
}

/** Where the files beside a picture say that it lies, if they are to be asked. */
async function besidePicture(
  file: string,
  picture: Picture,
  { worldFiles, sidecar = true, onWarning = console.warn }: ReadPictureOptions,
): Promise<Georeference | undefined> {
  if (!sidecar) return undefined;
  try {
    const found = await findGeoreference(file, picture, worldFiles ?? "lonlat", onWarning);
    if (worldFiles !== undefined && found !== undefined && found.coordinateSystem !== worldFiles) {
      throw new FormatError(
        `coordinateSystem must be "${worldFiles}", as the tracks are, got "${found.coordinateSystem}"`,
        { file: `${path.parse(file).name}.json` },
      );
    }
    return found;
  } catch (error) {
    throw withWayOut(error);
  }
}

/** A broken sidecar's error with what helps. */
function withWayOut(error: unknown): unknown {
  if (!isError(error) || error.name !== "FormatError") return error;
  const { file } = error as FormatError;
  const own = error.message.slice(file === undefined ? 0 : `${file}: `.length);
  const help = "the option bounds takes its place, and the option sidecar leaves it unread";
  return new FormatError(`${own}; ${help}`, file === undefined ? {} : { file }, { cause: error });
}

import { type CoordinateSystem, FormatError, type PlanarExtent, webMercator } from "@wayweave/geo-core";
import type { GeoTIFFImage } from "geotiff";
import type { Raster } from "../data/resize.js";
import { damagedPicture } from "./damaged-picture.js";
import { checkedExtent, type Georeference } from "./georeference.js";
import { checkedOrientation, upright } from "./orientation.js";

/** A TIFF's pixels, and where it lies if its tags say so. */
export interface TiffPicture {
  readonly picture: Raster;
  readonly georeference: Georeference | undefined;
}

/** EPSG codes whose numbers are degrees of longitude and latitude, to within a metre or so. */
const degrees: readonly number[] = [4326, 4258, 4269];
const mercators: readonly number[] = [3857, 900913];

export function isTiff(bytes: Uint8Array): boolean {
  const mark = String.fromCharCode(...bytes.subarray(0, 4));
  return mark === "II*\0" || mark === "MM\0*" || mark === "II+\0" || mark === "MM\0+";
}

/**
 * Reads a TIFF or GeoTIFF, its first picture; upright, where no tags say where it lies.
 *
 * @param system what the tracks' numbers are: degrees, or the plane of the picture's own coordinate system; undefined: the tags are not
 * looked at
 * @throws {FormatError} a damaged file, more than 8 bits a sample, or tags that lay it elsewhere than on longitude and latitude or Web Mercator;
 * names the file
 */
export async function readTiff(
  bytes: Uint8Array,
  file: string,
  system: CoordinateSystem | undefined,
): Promise<TiffPicture> {
  // Loaded when the first TIFF comes.
  const { fromArrayBuffer } = await import("geotiff");
  try {
    const copy = new Uint8Array(bytes); // a buffer of its own, from its start on
    const image = await (await fromArrayBuffer(copy.buffer)).getImage();
    const picture = await pixelsOf(image, file);
    return {
      picture,
      georeference: system === undefined ? undefined : georeferenceOf(image, file, system),
    };
  } catch (cause) {
    if (cause instanceof FormatError) throw cause;
    throw damagedPicture("TIFF", file, cause);
  }
}

async function pixelsOf(image: GeoTIFFImage, file: string): Promise<Raster> {
  const bits = image.getBitsPerSample();
  if (bits !== 8) throw new FormatError(`a TIFF must have 8 bits a sample, got ${bits}`, { file });
  const rgb = await image.readRGB({ interleave: true });
  const [width, height] = [image.getWidth(), image.getHeight()];
  const picture = { width, height, channels: 3, data: Uint8Array.from(rgb as ArrayLike<number>) };
  const directory = image.getFileDirectory();
  // Tags that say where it lies are about the pixels as they are in the file, whatever the orientation.
  const isPlaced = directory.hasTag("ModelTiepoint") || directory.hasTag("ModelTransformation");
  if (isPlaced || !directory.hasTag("Orientation")) return picture;
  return upright(picture, checkedOrientation(await directory.loadValue("Orientation")));
}

function georeferenceOf(
  image: GeoTIFFImage,
  file: string,
  system: CoordinateSystem,
): Georeference | undefined {
  const directory = image.getFileDirectory();
  const turned = directory.hasTag("ModelTransformation") && !directory.hasTag("ModelPixelScale");
  if (!turned && !directory.hasTag("ModelTiepoint")) return undefined;
  if (turned) {
    throw new FormatError(
      "a GeoTIFF must say where it lies by a tie point and a pixel scale, north up, got ModelTransformation: gdalwarp writes the former, and the option bounds takes the tags' place",
      { file },
    );
  }
  const [left, bottom, right, top] = image.getBoundingBox() as [number, number, number, number];
  const extent = checkedExtent([left, bottom, right, top], file);
  if (system === "planar") return { extent, coordinateSystem: "planar" };
  return { extent: inDegrees(extent, codeOf(image), file), coordinateSystem: "lonlat" };
}

/** The EPSG code of what the numbers are; absent where the tags do not say. */
function codeOf(image: GeoTIFFImage): number | undefined {
  const keys = (image.getGeoKeys() ?? {}) as Readonly<Record<string, unknown>>;
  const names = ["ProjectedCSTypeGeoKey", "ProjectedCRSGeoKey", "GeographicTypeGeoKey", "GeodeticCRSGeoKey"];
  const code = names.map((name) => keys[name]).find((value) => value !== undefined);
  return typeof code === "number" ? code : undefined;
}

function inDegrees(extent: PlanarExtent, code: number | undefined, file: string): PlanarExtent {
  if (code !== undefined && degrees.includes(code)) return extent;
  if (code !== undefined && mercators.includes(code)) {
    const [west, south] = webMercator.inverse([extent[0], extent[1]]);
    const [east, north] = webMercator.inverse([extent[2], extent[3]]);
    return [west, south, east, north];
  }
  throw new FormatError(
    `a GeoTIFF must be in EPSG:4326 or EPSG:3857, got ${code === undefined ? "none that its tags name" : `EPSG:${code}`}; "gdalwarp -t_srs EPSG:3857" brings it there, and the option bounds takes the tags' place`,
    { file },
  );
}

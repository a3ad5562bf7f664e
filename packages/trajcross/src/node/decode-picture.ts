import { FormatError } from "@wayweave/geo-core";
import { convertIndexedToRgb, type DecodedPng, decode } from "fast-png";
import jpeg from "jpeg-js";
import type { Raster } from "../data/resize.js";
import { damagedPicture } from "./damaged-picture.js";
import { orientationOf, upright } from "./orientation.js";
import { type PictureKind, pictureKind, pictureNames } from "./picture-kind.js";

/**
 * A PNG, JPEG, WebP, AVIF or GIF file's pixels as red, green and blue of 8 bits; what is transparent lies on white. Pictures are upright, as EXIF says how
 * they are to be shown. What a file is its first bytes tell, and where these tell nothing its name.
 *
 * @throws {FormatError} none of these, or a damaged one; names the file
 */
export async function decodePicture(bytes: Uint8Array, file: string): Promise<Raster> {
  const kind = pictureKind(bytes) ?? kindByName(file);
  if (kind === "png") return upright(decodePng(bytes, file), orientationOf(bytes, kind));
  if (kind === "jpeg") return upright(decodeJpeg(bytes, file), orientationOf(bytes, kind));
  if (kind !== undefined) return decodeBySharp(bytes, kind, file);
  throw new FormatError(
    "must be a picture (PNG, JPEG, WebP, AVIF, GIF or TIFF), got a file that begins as none of them",
    {
      file,
    },
  );
}

function kindByName(file: string): PictureKind | undefined {
  const extension = /\.(png|jpe?g)$/i.exec(file)?.[1]?.toLowerCase();
  if (extension === undefined) return undefined;
  return extension === "png" ? "png" : "jpeg";
}

async function decodeBySharp(bytes: Uint8Array, kind: PictureKind, file: string): Promise<Raster> {
  // Loaded when the first such picture comes: it is a native library.
  const { default: sharp } = await import("sharp");
  try {
    const { data, info } = await sharp(bytes)
      .autoOrient()
      .flatten({ background: "#ffffff" })
      .toColourspace("srgb")
      .raw()
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, data: new Uint8Array(data), channels: info.channels };
  } catch (cause) {
    throw damagedPicture(pictureNames[kind], file, cause);
  }
}

/** Baseline and progressive JPEG, in grey or colour. */
function decodeJpeg(bytes: Uint8Array, file: string): Raster {
  try {
    const { width, height, data } = jpeg.decode(bytes, {
      useTArray: true,
      formatAsRGBA: false,
      tolerantDecoding: false,
      maxMemoryUsageInMB: 2048,
    });
    return { width, height, data, channels: 3 };
  } catch (cause) {
    throw damagedPicture("JPEG", file, cause);
  }
}

/**
 * Palettes are looked up, grey is repeated, of 16 bits the upper 8 are
 * taken, and what is transparent lies on white (an alpha channel or a palette's; a colour key, tRNS of grey or RGB, is not looked at).
 *
 * @throws {FormatError} no PNG, a damaged one, or an interlaced one below 8 bits; names the file
 */
function decodePng(bytes: Uint8Array, file: string): Raster {
  checkInterlacing(bytes, file);
  let png: DecodedPng;
  try {
    png = decode(bytes, { checkCrc: true });
  } catch (cause) {
    throw damagedPicture("PNG", file, cause);
  }
  const { width, height } = png;
  const { values, channels } = samplesOf(png);
  const data = new Uint8Array(3 * width * height);
  const isColor = channels >= 3;
  const hasAlpha = channels === 2 || channels === 4;
  for (let i = 0; i < width * height; i++) {
    const at = i * channels;
    const alpha = hasAlpha ? values[at + channels - 1]! / 255 : 1;
    for (let c = 0; c < 3; c++) {
      data[3 * i + c] = Math.round(255 + alpha * (values[at + (isColor ? c : 0)]! - 255));
    }
  }
  return { width, height, data, channels: 3 };
}

/** The decoder reads interlaced pixels of whole bytes only, and would call the others damaged. */
function checkInterlacing(bytes: Uint8Array, file: string): void {
  // The header chunk comes first: the bit depth is the file's byte 24, the interlace method its byte 28.
  const isHeader = bytes.length > 28 && String.fromCharCode(...bytes.subarray(12, 16)) === "IHDR";
  const [depth, interlace] = [bytes[24]!, bytes[28]!];
  if (!isHeader || interlace !== 1 || depth >= 8) return;
  throw new FormatError(
    `interlacing below 8 bits is not supported, got an interlaced PNG of ${depth} bits: save it without interlacing`,
    { file },
  );
}

/** Samples of 8 bits, without palette: `[pixels, channels]`. */
function samplesOf(png: DecodedPng): { values: ArrayLike<number>; channels: number } {
  const { data, depth, channels, palette } = png;
  if (palette !== undefined) {
    return { values: convertIndexedToRgb(png), channels: palette[0]?.length ?? 3 };
  }
  if (depth === 16) return { values: Uint8Array.from(data, (value) => value >> 8), channels };
  if (depth === 8) return { values: data, channels };
  return { values: unpackBits(png, depth), channels };
}

/** Grey of 1, 2 or 4 bits, packed into bytes row by row, as 8 bits. */
function unpackBits({ data, width, height }: DecodedPng, depth: number): Uint8Array {
  const values = new Uint8Array(width * height);
  const bytesPerRow = Math.ceil((width * depth) / 8);
  const largest = 2 ** depth - 1;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const bit = column * depth;
      const byte = data[row * bytesPerRow + (bit >> 3)]!;
      values[row * width + column] = (((byte >> (8 - depth - (bit & 7))) & largest) * 255) / largest;
    }
  }
  return values;
}

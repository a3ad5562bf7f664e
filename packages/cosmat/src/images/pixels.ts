import { basename } from "node:path";
import {
  checkLength,
  checkOptions,
  checkPositive,
  checkPositiveInteger,
  FormatError,
  isError,
  ValueError,
} from "@wayweave/geo-core";
import sharp, { type Sharp } from "sharp";

/** A path, or the bytes of a file (JPEG, PNG, WebP, GIF, TIFF, AVIF). */
export type ImageSource = string | Uint8Array;

/** How {@link readPixels} makes a network's input of an image. */
export interface PixelOptions {
  /** The whole image is brought to this width and height first, as the paper does; pixels. @defaultValue 256 */
  readonly resize?: number;
  /** Side of the square that is cut from the middle; pixels. @defaultValue 224 */
  readonly crop?: number;
  /** Subtracted from red, green and blue in [0, 1]. @defaultValue ImageNet's .485, .456, .406 */
  readonly mean?: readonly number[];
  /** Then divided by. @defaultValue ImageNet's .229, .224, .225 */
  readonly deviation?: readonly number[];
}

/** Grey values in [0, 1], row by row from the top. */
export interface GrayImage {
  /** Pixels across. */
  readonly width: number;
  /** Pixels down. */
  readonly height: number;
  /** `[height, width]` */
  readonly data: Float32Array;
}

const imageNetMean = [0.485, 0.456, 0.406] as const;
const imageNetDeviation = [0.229, 0.224, 0.225] as const;

/**
 * An image as a network's input: turned upright by its EXIF tag, converted to sRGB of 8 bits (from CMYK, grey, 16 bits
 * and whatever has a profile), transparent parts on white, resized, cut, normalised.
 *
 * @returns `[3, crop, crop]`, red first
 * @throws {FormatError} unreadable, truncated or no image; names the file
 * @throws {ValueError} a crop larger than the image is made, a deviation that is not positive
 */
export async function readPixels(source: ImageSource, options: PixelOptions = {}): Promise<Float32Array> {
  const { resize, crop, mean, deviation } = pixelConfig(options);
  checkImageSource("readPixels", source);
  const margin = Math.floor((resize - crop) / 2);
  const bytes = await decode(source, (image) =>
    image
      .resize(resize, resize, { fit: "fill" })
      .extract({ left: margin, top: margin, width: crop, height: crop })
      .toColourspace("srgb"),
  );
  const area = crop * crop;
  const result = new Float32Array(3 * area);
  for (let c = 0; c < 3; c++) {
    for (let i = 0; i < area; i++) {
      result[c * area + i] = (bytes.data[i * bytes.channels + c]! / 255 - mean[c]!) / deviation[c]!;
    }
  }
  return result;
}

/**
 * An image in grey, its longer side at most `maxSide` pixels (smaller ones stay as they are).
 *
 * @throws {FormatError} unreadable, truncated or no image; names the file
 */
export async function readGray(source: ImageSource, maxSide = 256): Promise<GrayImage> {
  checkImageSource("readGray", source);
  checkPositiveInteger("readGray", "maxSide", maxSide);
  const { data, channels, width, height } = await decode(source, (image) =>
    image.resize(maxSide, maxSide, { fit: "inside", withoutEnlargement: true }).toColourspace("b-w"),
  );
  return {
    width,
    height,
    data: Float32Array.from({ length: width * height }, (_, i) => data[i * channels]! / 255),
  };
}

interface Decoded {
  readonly data: Uint8Array;
  readonly channels: number;
  readonly width: number;
  readonly height: number;
}

async function decode(source: ImageSource, steps: (image: Sharp) => Sharp): Promise<Decoded> {
  const file = typeof source === "string" ? basename(source) : "image";
  try {
    // Decoders report a cut file as a warning: it must not pass as a grey rest.
    const image = sharp(source, { failOn: "warning" }).rotate().flatten({ background: "white" });
    const { data, info } = await steps(image).raw({ depth: "uchar" }).toBuffer({ resolveWithObject: true });
    return { data, channels: info.channels, width: info.width, height: info.height };
  } catch (cause) {
    const reason = isError(cause) ? cause.message.split("\n")[0]! : String(cause);
    const shown = typeof source === "string" ? reason.replaceAll(source, file) : reason;
    throw new FormatError(`must be a whole, readable image: ${shown}`, { file }, { cause });
  }
}

function pixelConfig(options: PixelOptions): Required<PixelOptions> {
  const where = "readPixels";
  checkOptions(where, options, ["resize", "crop", "mean", "deviation"]);
  const { resize = 256, crop = 224, mean = imageNetMean, deviation = imageNetDeviation } = options;
  checkPositiveInteger(where, "resize", resize);
  checkPositiveInteger(where, "crop", crop);
  if (crop > resize) throw new ValueError(`${where}: crop must be at most resize (${resize}), got ${crop}`);
  checkLength(where, "mean", mean, 3);
  checkLength(where, "deviation", deviation, 3);
  deviation.forEach((value, i) => {
    checkPositive(where, `deviation[${i}]`, value);
  });
  return { resize, crop, mean, deviation };
}

function checkImageSource(where: string, source: ImageSource): void {
  if (typeof source === "string" ? source !== "" : ArrayBuffer.isView(source)) return;
  const got = source === "" ? "an empty string" : source === null ? "null" : typeof source;
  throw new FormatError(`${where}: source must be an image file's path or its bytes, got ${got}`);
}

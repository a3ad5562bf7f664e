import {
  checkLength,
  checkOptions,
  checkPositive,
  checkPositiveInteger,
  StateError,
  ValueError,
} from "@wayweave/geo-core";

/** What a canvas gives: red, green, blue and opacity of every pixel, row by row. */
export interface PixelData {
  /** Pixels across. */
  readonly width: number;
  /** Pixels down. */
  readonly height: number;
  /** Four bytes a pixel, `[height, width, 4]`. */
  readonly data: Uint8ClampedArray | Uint8Array;
}

export interface NormalizeOptions {
  /** Subtracted from red, green and blue in [0, 1]. @defaultValue ImageNet's .485, .456, .406 */
  readonly mean?: readonly number[];
  /** Then divided by. @defaultValue ImageNet's .229, .224, .225 */
  readonly deviation?: readonly number[];
}

const imageNetMean = [0.485, 0.456, 0.406] as const;
const imageNetDeviation = [0.229, 0.224, 0.225] as const;

/**
 * Pixels as a network's input; opacity is left out.
 *
 * @returns `[3, height, width]`, red first
 * @throws {ShapeError} data.length ≠ 4 · width · height
 */
export function pixelsOf({ width, height, data }: PixelData, options: NormalizeOptions = {}): Float32Array {
  const where = "pixelsOf";
  checkOptions(where, options, ["mean", "deviation"]);
  const { mean = imageNetMean, deviation = imageNetDeviation } = options;
  checkLength(where, "data", data, 4 * width * height);
  checkLength(where, "mean", mean, 3);
  checkLength(where, "deviation", deviation, 3);
  deviation.forEach((value, i) => {
    checkPositive(where, `deviation[${i}]`, value);
  });
  const area = width * height;
  const result = new Float32Array(3 * area);
  for (let c = 0; c < 3; c++) {
    for (let i = 0; i < area; i++) result[c * area + i] = (data[4 * i + c]! / 255 - mean[c]!) / deviation[c]!;
  }
  return result;
}

/** The part of a page's or worker's canvas that is needed here. */
interface CanvasScope {
  readonly OffscreenCanvas?: new (
    width: number,
    height: number,
  ) => {
    getContext(kind: "2d"): {
      fillStyle: string;
      fillRect(x: number, y: number, width: number, height: number): void;
      drawImage(image: unknown, x: number, y: number, width: number, height: number): void;
      getImageData(x: number, y: number, width: number, height: number): PixelData;
    } | null;
  };
}

/**
 * A bitmap, an image element or a canvas as a network's input, in a page or a worker: the whole on white, resized to a square, the
 * middle cut out.
 *
 * @returns `[3, crop, crop]`, red first
 * @throws {StateError} no OffscreenCanvas here
 */
export function canvasPixels(
  image: unknown,
  options: NormalizeOptions & { readonly resize?: number; readonly crop?: number } = {},
): Float32Array {
  const where = "canvasPixels";
  checkOptions(where, options, ["resize", "crop", "mean", "deviation"]);
  const { resize = 256, crop = 224, ...normalize } = options;
  checkPositiveInteger(where, "resize", resize);
  checkPositiveInteger(where, "crop", crop);
  if (crop > resize) throw new ValueError(`${where}: crop must be at most resize (${resize}), got ${crop}`);
  const { OffscreenCanvas } = globalThis as CanvasScope;
  const context =
    OffscreenCanvas === undefined ? undefined : new OffscreenCanvas(crop, crop).getContext("2d");
  if (context === undefined || context === null)
    throw new StateError(`${where}: this environment must have OffscreenCanvas`);
  const margin = Math.floor((resize - crop) / 2);
  context.fillStyle = "white";
  context.fillRect(0, 0, crop, crop);
  context.drawImage(image, -margin, -margin, resize, resize);
  return pixelsOf(context.getImageData(0, 0, crop, crop), normalize);
}

import { checkGiven, checkLength, checkPositiveInteger, FormatError, ValueError } from "@wayweave/geo-core";
import type { Predictor } from "@wayweave/nn/inference";
import type { Raster } from "../data/resize.js";
import { checkHas } from "../internal/arguments.js";
import { scalePicture } from "./scale-picture.js";

/** Where a reader sees the line, in cells of a grid over the picture. */
export interface LineReading {
  /**
   * Cells across. A cell is two pixels wide of what the network saw: the picture, doubled up to 96 pixels, reduced above 256 along its
   * longer side.
   */
  readonly columns: number;
  /** Cells down, each as high as wide. */
  readonly rows: number;
  /** How sure it is that the line's middle runs through a cell, 0 … 1: `[rows, columns]`, the first row at the top. */
  readonly line: Float32Array;
  /** How sure it is that the line starts or ends there, in the same order. */
  readonly ends: Float32Array;
}

/** Large pictures are read at this many pixels along their longer side. */
const largestSide = 256;
/** Where a model says that it is a reader, and how it was made. */
export const readerMetadataKey = "wayweave.trajcross.reader";

/**
 * Sees where the line runs in a picture of any kind and size: a drawing, a map, a screenshot. Nothing is trained by the user; the weights come
 * with the package.
 *
 * In Node `loadLineReader()` (`@wayweave/trajcross/node`) makes one. Elsewhere load `line-reader.onnx` onto an ONNX runtime
 * with `SessionModel` of `@wayweave/nn/inference`.
 *
 * @example
 * const reader = new LineReader(await SessionModel.load(bytes, ort));
 * const { line, columns, rows } = await reader.read(picture);
 */
export class LineReader {
  readonly #model: Predictor;

  /** @throws {FormatError} a model that is no reader */
  constructor(model: Predictor) {
    checkHas("LineReader", "model", model, "run", "a loaded model");
    const { metadata } = model as { readonly metadata?: Readonly<Record<string, string>> };
    if (metadata?.[readerMetadataKey] === undefined) {
      throw new FormatError(
        `LineReader: the model must be a line reader, whose metadata holds ${readerMetadataKey}`,
      );
    }
    this.#model = model;
  }

  /**
   * @param picture red, green and blue, 0 … 255
   * @throws {ValueError} a picture that is not in colour, or without pixels @throws {ShapeError} data of another length
   */
  async read(picture: Raster): Promise<LineReading> {
    checkPicture("LineReader.read", picture);
    const { pixels, width, height, usedWidth, usedHeight } = scalePicture(picture, largestSide);
    const { line, ends } = await this.#model.run({
      pixels: { data: pixels, shape: [1, height, width, 3] },
    });
    if (line === undefined || ends === undefined) {
      throw new FormatError("LineReader.read: the model must tell line and ends; export it anew");
    }
    const [columns, rows] = [Math.ceil(usedWidth / 2), Math.ceil(usedHeight / 2)];
    const used = (values: Float32Array) => upperLeft(values, width / 2, columns, rows);
    return {
      columns,
      rows,
      line: used(line.data as Float32Array),
      ends: used(ends.data as Float32Array),
    };
  }

  /** Gives the model's memory back. */
  async dispose(): Promise<void> {
    await this.#model.dispose();
  }
}

/** What of a grid of rows of `width` cells is the picture. */
function upperLeft(values: Float32Array, width: number, columns: number, rows: number): Float32Array {
  const out = new Float32Array(columns * rows);
  for (let row = 0; row < rows; row++)
    out.set(values.subarray(row * width, row * width + columns), row * columns);
  return out;
}

/** @throws {ValueError | ShapeError} not three channels, no pixels, or another number of them */
export function checkPicture(where: string, picture: Raster): void {
  checkGiven(where, "picture", picture);
  checkPositiveInteger(where, "picture.width", picture.width);
  checkPositiveInteger(where, "picture.height", picture.height);
  if (picture.channels !== 3) {
    throw new ValueError(`${where}: picture.channels must be 3 (red, green, blue), got ${picture.channels}`);
  }
  checkLength(where, "picture.data", picture.data, picture.width * picture.height * 3);
}

import {
  checkArray,
  checkPositive,
  ImageFrame,
  rasterizePolyline,
  type TrajectorySet,
  ValueError,
} from "@wayweave/geo-core";
import { checkPlanarSet } from "../data/extents.js";
import { channelsOf, checkImageSet, type ImageSet } from "../data/images.js";
import { ColorSeparation } from "../maps/color-separation.js";

/** 1 to 5 pixels in steps of a half: what the paper's images are drawn with. */
export const defaultThicknesses: readonly number[] = [1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5];

/**
 * How well images and trajectories fit, by drawing (analysis by synthesis): a trajectory is drawn into the extent of an
 * image, and the two pictures are compared. Nothing is learned.
 *
 * Grey pictures are compared pixel by pixel. In colour, where a map lies under the line and nobody says what colour the line has, what
 * counts is how well the picture's colours separate the drawn line from the rest (R²: the share of its coverage that they tell).
 *
 * @throws {ValueError} a lon/lat set, no thickness, or one that is not positive
 * @throws {ShapeError} pixels or extents that do not fit each other
 */
export class RenderComparer {
  readonly #trajectories: TrajectorySet;
  readonly #images: ImageSet;
  readonly #thicknesses: readonly number[];
  /** Longer than an image where it has to be for whole words. */
  readonly #canvas: Uint8Array;
  readonly #canvasWords: Int32Array;
  /** Σ b² of grey images, where it is known already. */
  readonly #inkSquares = new Map<number, number>();
  /** Of the image that was compared last: re-ranking asks for one image many times. */
  #separation: { readonly image: number; readonly of: ColorSeparation } | undefined;

  constructor(
    trajectories: TrajectorySet,
    images: ImageSet,
    thicknesses: readonly number[] = defaultThicknesses,
  ) {
    checkPlanarSet("RenderComparer", trajectories, "trajectories");
    checkImageSet("RenderComparer", images);
    checkArray("RenderComparer", "thicknesses", thicknesses);
    if (thicknesses.length === 0) {
      throw new ValueError("RenderComparer: thicknesses must hold at least one, got none");
    }
    thicknesses.forEach((thickness, i) => {
      checkPositive("RenderComparer", `thicknesses[${i}]`, thickness);
    });
    this.#trajectories = trajectories;
    this.#images = images;
    this.#thicknesses = thicknesses;
    this.#canvasWords = new Int32Array(Math.ceil(images.size ** 2 / 4));
    this.#canvas = new Uint8Array(this.#canvasWords.buffer);
  }

  /**
   * 0 … 1, the smallest over the line thicknesses. Of grey images: √(Σ (a − b)² / Σ (a² + b²)) of the pixels a, b, 1 where no ink is
   * common; relative to the ink, so that one trajectory can be compared with thin lines and thick ones. Of images in colour: √(1 − R²),
   * R² the share of the drawn line that the colours tell.
   */
  distance(trajectory: number, image: number): number {
    const { size, extents } = this.#images;
    const { coordinates } = this.#trajectories.at(trajectory);
    const [minX, minY, maxX, maxY] = extents.subarray(4 * image, 4 * image + 4) as unknown as [
      number,
      number,
      number,
      number,
    ];
    const frame = new ImageFrame({ width: size, height: size, extent: [minX, minY, maxX, maxY] });
    const differenceTo = this.#comparison(image);
    let best = Number.POSITIVE_INFINITY;
    for (const thickness of this.#thicknesses) {
      this.#canvasWords.fill(0);
      rasterizePolyline(coordinates, frame, thickness, this.#canvas);
      best = Math.min(best, differenceTo());
    }
    return Math.sqrt(best);
  }

  /** How far what is drawn on the canvas is from an image, squared, 0 … 1. */
  #comparison(image: number): () => number {
    const { size, pixels } = this.#images;
    const area = size * size;
    if (channelsOf(this.#images) === 1) {
      const inkSquares = this.#inkSquaresOf(image);
      return () => this.#relativeDifference(image * area, inkSquares);
    }
    if (this.#separation?.image !== image) {
      const rgb = pixels.subarray(3 * image * area, 3 * (image + 1) * area);
      this.#separation = { image, of: new ColorSeparation(rgb) };
    }
    const separation = this.#separation.of;
    const drawn = this.#canvas.subarray(0, area);
    return () => 1 - separation.explained(drawn);
  }

  /** Σ (a − b)² / Σ (a² + b²): 1 − Dice's coefficient, 0 … 1; two empty pictures have no ink in common. */
  #relativeDifference(start: number, inkSquares: number): number {
    const canvas = this.#canvas;
    const words = this.#canvasWords;
    const { pixels } = this.#images;
    let products = 0;
    let squares = 0;
    for (let word = 0; word < words.length; word++) {
      // Most of a drawing is empty: four pixels at a time.
      if (words[word] === 0) continue;
      for (let i = 4 * word; i < 4 * word + 4; i++) {
        const a = canvas[i]!;
        if (a === 0) continue;
        products += a * pixels[start + i]!;
        squares += a * a;
      }
    }
    const ink = squares + inkSquares;
    return ink === 0 ? 1 : 1 - (2 * products) / ink;
  }

  #inkSquaresOf(image: number): number {
    const known = this.#inkSquares.get(image);
    if (known !== undefined) return known;
    const { pixels, size } = this.#images;
    let sum = 0;
    for (const b of pixels.subarray(image * size * size, (image + 1) * size * size)) sum += b * b;
    this.#inkSquares.set(image, sum);
    return sum;
  }

  /** Candidates in the order of {@link distance}, nearest first, ties in the order given. */
  rerank(
    query: { readonly trajectory: number } | { readonly image: number },
    candidates: ArrayLike<number>,
  ): Uint32Array {
    const measured = Array.from(candidates, (candidate) => ({
      candidate,
      distance:
        "image" in query ? this.distance(candidate, query.image) : this.distance(query.trajectory, candidate),
    }));
    // Array.prototype.sort is stable: equal distances keep the first stage's order.
    measured.sort((a, b) => a.distance - b.distance);
    return Uint32Array.from(measured, ({ candidate }) => candidate);
  }
}

import { ImageFrame, rasterizePolyline } from "@wayweave/geo-core";
import type { Color } from "../data/ink.js";

/**
 * A square picture in colour that is painted in layers: shapes are drawn into a mask, then the mask is painted in one colour, so that
 * what belongs together (the roads of a class) has no seams.
 */
export class Canvas {
  readonly size: number;
  /** `[size, size, 3]`, 0 … 255. */
  readonly rgb: Float32Array;
  /** Whether shapes have no soft edges: a pixel belongs to one where it is covered by half. */
  isHard = false;
  readonly #mask: Uint8Array;
  readonly #ownFrame: ImageFrame;

  constructor(size: number) {
    this.size = size;
    this.rgb = new Float32Array(3 * size * size);
    this.#mask = new Uint8Array(size * size);
    this.#ownFrame = new ImageFrame({ width: size, height: size, extent: [0, 0, size, size], yAxis: "down" });
  }

  fill([r, g, b]: Color): void {
    const { rgb } = this;
    for (let i = 0; i < rgb.length; i += 3) {
      rgb[i] = r;
      rgb[i + 1] = g;
      rgb[i + 2] = b;
    }
  }

  /** Adds a line to the mask; one point is a dot. `frame` says what the coordinates are: pixels where absent. */
  line(coordinates: Float64Array, thicknessPixels: number, frame: ImageFrame = this.#ownFrame): void {
    rasterizePolyline(coordinates, frame, thicknessPixels, this.#mask);
  }

  /** Adds a polygon in pixel coordinates to the mask (even-odd), anti-aliased along rows. */
  polygon(coordinates: Float64Array): void {
    const { size } = this;
    const corners = coordinates.length / 2;
    for (let row = 0; row < size; row++) {
      const y = row + 0.5;
      const crossings: number[] = [];
      for (let i = 0; i < corners; i++) {
        const j = (i + 1) % corners;
        const [ay, by] = [coordinates[2 * i + 1]!, coordinates[2 * j + 1]!];
        if (ay <= y === by <= y) continue;
        const t = (y - ay) / (by - ay);
        crossings.push(coordinates[2 * i]! + t * (coordinates[2 * j]! - coordinates[2 * i]!));
      }
      crossings.sort((a, b) => a - b);
      for (let i = 0; i + 1 < crossings.length; i += 2) this.#span(row, crossings[i]!, crossings[i + 1]!);
    }
  }

  #span(row: number, from: number, to: number): void {
    const last = Math.min(this.size - 1, Math.ceil(to) - 1);
    for (let column = Math.max(0, Math.floor(from)); column <= last; column++) {
      const covered = Math.min(to, column + 1) - Math.max(from, column);
      const at = row * this.size + column;
      this.#mask[at] = Math.min(255, this.#mask[at]! + Math.round(255 * covered));
    }
  }

  /** Paints what the mask holds, and empties it. */
  paint([r, g, b]: Color, opacity = 1): void {
    const mask = this.#mask;
    const { rgb, isHard } = this;
    const scale = opacity / 255;
    for (let i = 0; i < mask.length; i++) {
      if (mask[i] === 0) continue;
      const share = isHard ? (mask[i]! < 128 ? 0 : opacity) : mask[i]! * scale;
      const at = 3 * i;
      rgb[at]! += share * (r - rgb[at]!);
      rgb[at + 1]! += share * (g - rgb[at + 1]!);
      rgb[at + 2]! += share * (b - rgb[at + 2]!);
    }
    mask.fill(0);
  }

  /** Copies the picture as bytes, `[size, size, 3]`. */
  writeTo(out: Uint8Array, offset: number): void {
    const { rgb } = this;
    for (let i = 0; i < rgb.length; i++) {
      const value = rgb[i]!;
      out[offset + i] = value <= 0 ? 0 : value >= 255 ? 255 : value + 0.5;
    }
  }
}

import type { Random } from "@wayweave/geo-core";
import type { Color } from "../../data/ink.js";
import type { Canvas } from "../../maps/canvas.js";

/** A smooth height a pixel, 0 … 1: value noise of a few octaves. */
export function drawHeights(
  size: number,
  coarseCells: number,
  octaves: number,
  random: Random,
): Float32Array {
  const heights = new Float32Array(size * size);
  let weight = 1;
  let sum = 0;
  for (let octave = 0; octave < octaves; octave++) {
    const cells = coarseCells * 2 ** octave;
    const grid = Float32Array.from({ length: (cells + 2) ** 2 }, () => random.next());
    addOctave(heights, size, grid, cells, weight);
    sum += weight;
    weight *= 0.55;
  }
  for (let i = 0; i < heights.length; i++) heights[i]! /= sum;
  return heights;
}

function addOctave(
  heights: Float32Array,
  size: number,
  grid: Float32Array,
  cells: number,
  weight: number,
): void {
  const width = cells + 2;
  const scale = cells / size;
  for (let row = 0; row < size; row++) {
    const v = row * scale;
    const j = Math.floor(v);
    const fy = smooth(v - j);
    for (let column = 0; column < size; column++) {
      const u = column * scale;
      const i = Math.floor(u);
      const fx = smooth(u - i);
      const at = j * width + i;
      const upper = grid[at]! + fx * (grid[at + 1]! - grid[at]!);
      const lower = grid[at + width]! + fx * (grid[at + width + 1]! - grid[at + width]!);
      heights[row * size + column]! += weight * (upper + fy * (lower - upper));
    }
  }
}

function smooth(t: number): number {
  return t * t * (3 - 2 * t);
}

/** Contour lines at equal steps of height, about a pixel wide. */
export function paintContours(canvas: Canvas, color: Color, random: Random): void {
  const { size, rgb } = canvas;
  const heights = drawHeights(size, 2, 2, random);
  const levels = random.uniform(6, 24);
  const width = random.uniform(0.5, 1.1);
  const opacity = random.uniform(0.3, 0.9);
  for (let row = 0; row < size - 1; row++) {
    for (let column = 0; column < size - 1; column++) {
      const at = row * size + column;
      const height = heights[at]! * levels;
      const slope = Math.hypot(heights[at + 1]! - heights[at]!, heights[at + size]! - heights[at]!) * levels;
      const pixels = Math.abs(height - Math.round(height)) / (slope + 1e-6);
      const share = opacity * Math.max(0, Math.min(1, width - pixels));
      if (share === 0) continue;
      for (let c = 0; c < 3; c++) rgb[3 * at + c]! += share * (color[c]! - rgb[3 * at + c]!);
    }
  }
}

/** Mottles a picture, as aerial photographs and shaded relief are. */
export function paintTexture(canvas: Canvas, random: Random): void {
  const { size, rgb } = canvas;
  const heights = drawHeights(size, 3 + random.integer(12), 3, random);
  const strength = random.uniform(15, 110);
  const tint = [random.uniform(0.6, 1), random.uniform(0.6, 1), random.uniform(0.6, 1)];
  for (let i = 0; i < heights.length; i++) {
    const shade = strength * (heights[i]! - 0.5);
    for (let c = 0; c < 3; c++) rgb[3 * i + c]! += shade * tint[c]!;
  }
}

/** Grain: independent noise a pixel. */
export function paintGrain(canvas: Canvas, strength: number, random: Random): void {
  const { rgb } = canvas;
  for (let i = 0; i < rgb.length; i += 3) {
    const grain = strength * (random.next() + random.next() - 1);
    rgb[i]! += grain;
    rgb[i + 1]! += grain;
    rgb[i + 2]! += grain;
  }
}

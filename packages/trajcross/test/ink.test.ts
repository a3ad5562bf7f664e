import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Color, toInk } from "../src/data/ink.js";
import { resizeToSquare } from "../src/data/resize.js";

/** Pixels of two colours: `line` where the pattern has a 1. */
function picture(
  pattern: readonly number[],
  line: readonly number[],
  background: readonly number[],
): Uint8Array {
  return Uint8Array.from(pattern.flatMap((isLine) => [...(isLine ? line : background)]));
}
const pattern = [0, 0, 1, 0, 0, 1, 0, 0];
const ink = pattern.map((value) => 255 * value);

describe("toInk", () => {
  it.each([
    ["dark on light", [0, 0, 0], [255, 255, 255]],
    ["light on dark", [250, 250, 240], [20, 20, 30]],
    ["coloured", [200, 30, 40], [240, 238, 230]],
  ])("finds a line %s by itself", (_, line, background) => {
    expect([...toInk(picture(pattern, line, background))]).toEqual(ink);
  });

  it("finds a line by its colour, whatever else there is", () => {
    const map = Uint8Array.of(255, 0, 0, 40, 160, 60, 255, 255, 255, 255, 24, 0);
    // the last is 24 of 120 away from the line's red: 255 · (1 − 0.2) = 204
    expect([...toInk(map, [255, 0, 0])]).toEqual([255, 0, 0, 204]);
  });

  it("shows nothing where nothing is drawn", () => {
    expect([...toInk(picture([0, 0, 1], [250, 250, 250], [255, 255, 255]))]).toEqual([0, 0, 0]);
  });

  it("names what is wrong", () => {
    const refused = (line: unknown) => expect(() => toInk(new Uint8Array(3), line as Color));
    const required = 'toInk: line must be "auto" or three numbers in [0, 255], got';
    refused([300, 0, 0]).toThrow(`${required} [300, 0, 0]`);
    refused([255, 0, Number.NaN]).toThrow(`${required} [255, 0, NaN]`);
    refused([255, 0]).toThrow(`${required} [255, 0]`);
    refused("red").toThrow(`${required} "red"`);
    refused(null).toThrow(`${required} null`);
    // four pixels with an alpha channel
    expect(() => toInk(new Uint8Array(16))).toThrow(
      "toInk: rgb must hold 3 numbers a pixel (no alpha channel), got 16 numbers",
    );
  });
});

describe("resizeToSquare", () => {
  it("averages what each pixel covers", () => {
    const raster = {
      width: 3,
      height: 3,
      channels: 1,
      data: Uint8Array.of(0, 30, 60, 90, 120, 150, 180, 210, 240),
    };
    // the upper left of 2 × 2 covers 1.5 × 1.5 pixels: (0 + 30/2 + 90/2 + 120/4) / 2.25 = 40
    expect([...resizeToSquare(raster, 2)]).toEqual([40, 80, 160, 200]);
  });

  it("repeats the edge of a picture that is not square", () => {
    const raster = { width: 1, height: 3, channels: 1, data: Uint8Array.of(10, 20, 30) };
    expect([...resizeToSquare(raster, 3)]).toEqual([10, 10, 10, 20, 20, 20, 30, 30, 30]);
  });

  it("names what is wrong", () => {
    const raster = { width: 2, height: 3, channels: 3, data: new Uint8Array(18) };
    expect(() => resizeToSquare({ ...raster, data: new Uint8Array(17) }, 2)).toThrow(
      "resizeToSquare: data must have length 18, got 17",
    );
    expect(() => resizeToSquare(raster, 0)).toThrow("resizeToSquare: size must be a positive integer, got 0");
    expect(() => resizeToSquare(raster, Number.NaN)).toThrow(
      "resizeToSquare: size must be a positive integer, got NaN",
    );
    expect(() => resizeToSquare({ ...raster, width: 0 }, 2)).toThrow(
      "resizeToSquare: width must be a positive integer, got 0",
    );
  });

  it("keeps the mean of a square picture", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        fc.nat(),
        (side, size, seed) => {
          const data = Uint8Array.from({ length: side * side }, (_, i) => (seed + 97 * i * i) % 256);
          const mean = (values: Uint8Array) => values.reduce((a, b) => a + b, 0) / values.length;
          const resized = resizeToSquare({ width: side, height: side, channels: 1, data }, size);
          expect(Math.abs(mean(resized) - mean(data))).toBeLessThanOrEqual(0.5);
        },
      ),
    );
  });
});

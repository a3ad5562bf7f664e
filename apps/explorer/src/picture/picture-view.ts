import { h } from "../foundation/dom.js";
import type { PictureFound, Pixels } from "./api.js";

/** The picture, with the line that was read and a hit drawn over it. */
export class PictureView {
  readonly element: HTMLElement;
  readonly #canvas = h("canvas", { role: "img", "aria-label": "No picture yet" });
  readonly #words = h("figcaption", {}, "Drop a screenshot of a map here.");
  #pixels: Pixels | undefined;

  constructor() {
    this.element = h("figure", { class: "picture" }, this.#canvas, this.#words);
  }

  show(pixels: Pixels, words: string): void {
    this.#pixels = pixels;
    this.#words.textContent = words;
    this.draw(undefined, 0);
  }

  /** @param chosen which hit is drawn over the picture */
  draw(found: PictureFound | undefined, chosen: number): void {
    const pixels = this.#pixels;
    if (pixels === undefined) return;
    const { width, height, data } = pixels;
    this.#canvas.width = width;
    this.#canvas.height = height;
    const context = this.#canvas.getContext("2d")!;
    const image = context.createImageData(width, height);
    for (let i = 0, j = 0; j < data.length; i += 4, j += 3) {
      image.data[i] = data[j]!;
      image.data[i + 1] = data[j + 1]!;
      image.data[i + 2] = data[j + 2]!;
      image.data[i + 3] = 255;
    }
    context.putImageData(image, 0, 0);
    const hit = found?.hits[chosen];
    this.#canvas.setAttribute(
      "aria-label",
      hit === undefined ? "The picture" : `The picture, with ${hit.id} drawn over it`,
    );
    if (found === undefined) return;
    const thickness = Math.max(1.5, Math.max(width, height) / 220);
    if (hit?.line !== undefined) drawLine(context, hit.line, thickness);
    drawDots(context, found.line, thickness);
  }
}

/** What the reader saw: white dots with a dark rim, visible on any map. */
function drawDots(context: CanvasRenderingContext2D, line: Float64Array, thickness: number): void {
  context.fillStyle = "#ffffff";
  context.strokeStyle = "#111111";
  context.lineWidth = thickness / 3;
  for (let i = 0; i < line.length; i += 16) {
    context.beginPath();
    context.arc(line[i]!, line[i + 1]!, thickness * 0.6, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
  }
}

function drawLine(context: CanvasRenderingContext2D, line: Float64Array, thickness: number): void {
  context.lineJoin = "round";
  context.lineCap = "round";
  for (const [color, width] of [
    ["#ffffff", 2.6 * thickness],
    ["#d4007f", 1.3 * thickness],
  ] as const) {
    context.beginPath();
    for (let i = 0; i < line.length; i += 2) context.lineTo(line[i]!, line[i + 1]!);
    context.strokeStyle = color;
    context.lineWidth = width;
    context.stroke();
  }
}

/** A picture file's pixels, made smaller where it is very large. */
export async function pixelsOf(file: Blob): Promise<Pixels> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    throw new Error("This file is no picture that the browser can read: PNG, JPEG and WebP work everywhere.");
  }
  const factor = Math.min(1, 2048 / Math.max(bitmap.width, bitmap.height));
  const [width, height] = [
    Math.max(1, Math.round(bitmap.width * factor)),
    Math.max(1, Math.round(bitmap.height * factor)),
  ];
  const canvas = h("canvas", { width, height });
  const context = canvas.getContext("2d", { willReadFrequently: true })!;
  // Where a picture is see-through, people see it on white.
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, width, height);
  context.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  const rgba = context.getImageData(0, 0, width, height).data;
  const data = new Uint8Array(width * height * 3);
  for (let i = 0, j = 0; i < rgba.length; i += 4, j += 3) {
    data[j] = rgba[i]!;
    data[j + 1] = rgba[i + 1]!;
    data[j + 2] = rgba[i + 2]!;
  }
  return { width, height, data };
}

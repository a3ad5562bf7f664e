import { ValueError } from "@wayweave/geo-core";
import { encode } from "fast-png";
import { Html, html } from "../html.js";

/** Side of a tile in the SVG's units. */
export const tileSize = 104;

/**
 * What a tile shows: an image file's bytes (PNG or JPEG), a drawing, both (the drawing on top), or a text.
 * A drawing is SVG markup over the square [0, 1] × [0, 1], y growing downwards; what reaches beyond is cut off.
 */
export type TileContent =
  | { readonly image: Uint8Array; readonly drawing?: string }
  | { readonly drawing: string }
  | { readonly text: string };

/** The inside of a tile, from (0, 0) to ({@link tileSize}, {@link tileSize}). */
export function tileMarkup(content: TileContent): Html {
  if ("text" in content) return textMarkup(content.text);
  const image = "image" in content ? content.image : undefined;
  return html`<svg width="${tileSize}" height="${tileSize}" viewBox="0 0 1 1"><rect width="1" height="1" fill="#ffffff"/>${
    image && html`<image width="1" height="1" href="${dataUri(image)}"/>`
  }${content.drawing === undefined ? undefined : new Html(content.drawing)}</svg>`;
}

/** A polyline over the square [0, 1] × [0, 1] as a tile's drawing, with a dot where it starts. */
export function lineDrawing(
  coordinates: ArrayLike<number>,
  { color, width = 0.025 }: { readonly color: string; readonly width?: number },
): string {
  const points: string[] = [];
  for (let i = 0; i < coordinates.length; i += 2) {
    points.push(`${coordinates[i]!.toFixed(4)},${coordinates[i + 1]!.toFixed(4)}`);
  }
  const [x, y] = (points[0] ?? "0,0").split(",");
  return html`<polyline points="${points.join(" ")}" fill="none" stroke="${color}" stroke-width="${width}" stroke-linejoin="round" stroke-linecap="round"/><circle cx="${x}" cy="${y}" r="${1.5 * width}" fill="${color}"/>`
    .markup;
}

/** Pixels as a PNG file: grey (`channels` 1) or red, green and blue (3), row-major from the upper left corner. */
export function pngOf(
  pixels: Uint8Array,
  {
    width,
    height,
    channels = 1,
  }: { readonly width: number; readonly height: number; readonly channels?: 1 | 3 },
): Uint8Array {
  return encode({ width, height, data: pixels, depth: 8, channels });
}

function dataUri(image: Uint8Array): string {
  const isPng = image[0] === 0x89 && image[1] === 0x50;
  if (!isPng && !(image[0] === 0xff && image[1] === 0xd8)) {
    const start = Array.from(image.subarray(0, 4), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
    throw new ValueError(
      `contactSheet: a tile's image must be a PNG or JPEG file, got bytes ${start || "of length 0"}`,
    );
  }
  return `data:image/${isPng ? "png" : "jpeg"};base64,${Buffer.from(image).toString("base64")}`;
}

const textLines = 7;
const textLineLength = 18;

/** A text in small lines, cut where the tile is full. */
function textMarkup(text: string): Html {
  const lines = wrapped(text);
  if (lines.length > textLines) {
    lines.length = textLines;
    lines[textLines - 1] = `${lines[textLines - 1]!.slice(0, textLineLength - 1)}…`;
  }
  return html`<rect width="${tileSize}" height="${tileSize}" fill="var(--line-soft, #eceef0)"/>${lines.map(
    (line, i) => html`<text x="6" y="${17 + 13 * i}">${line}</text>`,
  )}`;
}

/** Lines of at most {@link textLineLength} columns; a word that is longer, or of a script without spaces, is broken. */
function wrapped(text: string): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.trim().split(/\s+/)) {
    for (const piece of pieces(word)) {
      const joined = line === "" ? piece : `${line} ${piece}`;
      if (columnsOf(joined) <= textLineLength) line = joined;
      else {
        lines.push(line);
        line = piece;
      }
    }
  }
  return line === "" ? lines : [...lines, line];
}

function pieces(word: string): string[] {
  const found: string[] = [];
  let piece = "";
  for (const character of word) {
    if (columnsOf(piece + character) > textLineLength) {
      found.push(piece);
      piece = "";
    }
    piece += character;
  }
  return [...found, piece];
}

/** Chinese, Japanese and Korean characters are twice as wide as others. */
function columnsOf(text: string): number {
  return [...text].reduce((sum, character) => sum + (wideCharacter.test(character) ? 2 : 1), 0);
}

const wideCharacter = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]/;

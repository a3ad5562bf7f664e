import { ShapeError } from "@wayweave/geo-core";
import { type Html, html } from "../html.js";

/** Shares of a confusion matrix, and how its sides are called. */
export interface ConfusionMatrixDrawing {
  /** Of rows and columns alike. */
  readonly labels: readonly string[];
  /** In [0, 1], row by row: `[labels × labels]`. */
  readonly shares: ArrayLike<number>;
  /** What a row is: `query's class`. */
  readonly rows: string;
  /** What a column is: `result's class`. */
  readonly columns: string;
}

/** Pixels; text is that of the report's plots. */
const CELL = 34;
const FONT = 12;
/** Width of a character of that font, about. */
const CHARACTER = 6.6;

/**
 * A confusion matrix as a heat map: the darker, the larger the share, which is printed in percent.
 *
 * @returns one SVG element
 * @throws {ShapeError} shares.length ≠ labels.length²
 */
export function drawConfusionMatrix({ labels, shares, rows, columns }: ConfusionMatrixDrawing): string {
  const n = labels.length;
  if (shares.length !== n * n) {
    throw new ShapeError(`drawConfusionMatrix: shares must have length ${n * n}, got ${shares.length}`);
  }
  const margin = 2.5 * FONT + CHARACTER * Math.max(...labels.map((label) => label.length));
  const side = margin + n * CELL;
  // Column labels lean to the right by 45°.
  const [width, height] = [side + margin * Math.SQRT1_2, side];
  const cells = labels.flatMap((_, i) => labels.map((_, j) => cell(margin, i, j, shares[i * n + j]!)));
  return html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${round(width)} ${round(height)}" width="${round(width)}" height="${round(height)}" font-family="system-ui, sans-serif" font-size="${FONT}" fill="var(--ink, #1b1f24)">
<g text-anchor="middle">${cells}</g>
<g text-anchor="end">${labels.map((label, i) => html`<text x="${round(margin - 6)}" y="${round(centre(margin, i) + 4)}">${label}</text>`)}</g>
<g>${labels.map((label, j) => columnLabel(margin, j, label))}</g>
<g fill="var(--ink-soft, #59636e)"><text transform="translate(${FONT} ${round(margin + (n * CELL) / 2)}) rotate(-90)" text-anchor="middle">${rows}</text><text x="${round(margin)}" y="${FONT}">${columns}</text></g>
</svg>`.markup;
}

function cell(margin: number, i: number, j: number, share: number): Html {
  const [x, y] = [margin + j * CELL, margin + i * CELL];
  const ink = share > 0.55 ? "var(--card, #ffffff)" : "var(--ink, #1b1f24)";
  const percent = Math.round(100 * share);
  const text =
    percent === 0
      ? undefined
      : html`<text x="${round(x + CELL / 2)}" y="${round(y + CELL / 2 + 4)}" fill="${ink}">${percent}</text>`;
  return html`<rect x="${round(x)}" y="${round(y)}" width="${CELL - 1}" height="${CELL - 1}" fill="var(--series-1, #2f6fb0)" fill-opacity="${(0.04 + 0.96 * share).toFixed(3)}"/>${text}`;
}

function columnLabel(margin: number, j: number, label: string): Html {
  return html`<text transform="translate(${round(centre(margin, j))} ${round(margin - 6)}) rotate(-45)">${label}</text>`;
}

function centre(margin: number, i: number): number {
  return margin + (i + 0.5) * CELL;
}

function round(pixels: number): string {
  return pixels.toFixed(1).replace(/\.0$/, "");
}

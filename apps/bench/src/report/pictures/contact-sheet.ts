import { ValueError } from "@wayweave/geo-core";
import { type Html, html } from "../html.js";
import { type TileContent, tileMarkup, tileSize } from "./tile.js";

/** A query or an answer of a contact sheet. */
export interface Tile {
  readonly content: TileContent;
  /** Up to two short lines under the tile; longer ones are cut. */
  readonly caption: readonly string[];
}

/** An answer, and whether it is a right one. */
export interface AnswerTile extends Tile {
  readonly hit: boolean;
}

/** A query with its answers, best first. */
export interface SheetRow {
  readonly query: Tile;
  readonly answers: readonly AnswerTile[];
}

export interface ContactSheet {
  readonly title: string;
  /** What the frames and colours mean, in a line under the title. */
  readonly key?: string;
  readonly rows: readonly SheetRow[];
}

const margin = 16;
const gap = 12;
/** Between the query and its first answer. */
const queryGap = 36;
const titleHeight = 28;
const keyHeight = 20;
const captionLineHeight = 14;
/** Captions are cut where they would run into the next tile, at 11 px of a proportional font. */
const captionLength = 19;
const rowHeight = tileSize + 2 * captionLineHeight + 20;

/**
 * Queries with their best answers, a row each: what a retrieval system answers, at a glance.
 *
 * A right answer has a thick green frame and a ✓ before its caption. Colours follow the report into the dark; the file alone
 * is light.
 *
 * @returns one `<svg>` element
 * @throws {ValueError} no rows, a tile whose bytes are no PNG or JPEG
 */
export function contactSheet(sheet: ContactSheet): string {
  const { title, key, rows } = sheet;
  if (rows.length === 0) throw new ValueError("contactSheet: rows must not be empty, got 0");
  const { width, height, head } = contactSheetSize(sheet);
  return html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${title}" font-family="system-ui, sans-serif" font-size="11" fill="var(--ink, #1b1f24)">
<rect width="${width}" height="${height}" fill="var(--card, #ffffff)"/>
<text x="${margin}" y="${margin + 12}" font-size="14" font-weight="600">${title}</text>
${key === undefined ? undefined : html`<text x="${margin}" y="${margin + 30}" fill="var(--ink-soft, #59636e)">${key}</text>`}
${rows.map((row, i) => rowMarkup(row, head + i * rowHeight))}
</svg>`.markup;
}

/** The picture's width and height, and where its first row begins. */
export function contactSheetSize({ key, rows }: ContactSheet): {
  readonly width: number;
  readonly height: number;
  readonly head: number;
} {
  const answers = Math.max(...rows.map((row) => row.answers.length));
  const head = margin + titleHeight + (key === undefined ? 0 : keyHeight);
  return {
    width: 2 * margin + tileSize + queryGap + answers * (tileSize + gap) - gap,
    height: head + rows.length * rowHeight + margin,
    head,
  };
}

function rowMarkup({ query, answers }: SheetRow, y: number): Html {
  const first = margin + tileSize + queryGap;
  const arrowY = y + tileSize / 2;
  return html`${tileWithCaption(query, margin, y)}
<path d="M${first - queryGap + 10} ${arrowY}h16m-5 -4l5 4l-5 4" fill="none" stroke="var(--ink-soft, #59636e)" stroke-width="1.5"/>
${answers.map((answer, i) => tileWithCaption(answer, first + i * (tileSize + gap), y, answer.hit))}`;
}

function tileWithCaption({ content, caption }: Tile, x: number, y: number, hit = false): Html {
  const frame = hit
    ? { stroke: "var(--real, #1a6b3c)", strokeWidth: 4 }
    : { stroke: "var(--line, #dcdfe3)", strokeWidth: 1 };
  const lines = caption.slice(0, 2).map((line, i) => cut(hit && i === 0 ? `✓ ${line}` : line));
  return html`<g transform="translate(${x} ${y})">${tileMarkup(content)}
<rect width="${tileSize}" height="${tileSize}" rx="2" fill="none" stroke="${frame.stroke}" stroke-width="${frame.strokeWidth}"/>
${lines.map((line, i) => html`<text x="0" y="${tileSize + (i + 1) * captionLineHeight + 2}">${line}</text>`)}</g>`;
}

function cut(text: string): string {
  const characters = [...text];
  return characters.length <= captionLength ? text : `${characters.slice(0, captionLength - 1).join("")}…`;
}

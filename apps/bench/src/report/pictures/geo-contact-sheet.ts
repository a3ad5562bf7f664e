import type { Position } from "@wayweave/geo-core";
import { Html, html } from "../html.js";
import { type ContactSheet, contactSheet, contactSheetSize, type SheetRow } from "./contact-sheet.js";

/** A query at a place, with its answers and theirs. */
export interface GeoSheetRow extends SheetRow {
  readonly place: Position;
  /** One an answer, in the same order. */
  readonly answerPlaces: readonly Position[];
}

export interface GeoContactSheet extends ContactSheet {
  readonly rows: readonly GeoSheetRow[];
  /** Points behind the maps, such as cities, so that coasts and regions can be made out: `[points, 2]`, lon/lat. */
  readonly backdrop: ArrayLike<number>;
}

const margin = 16;
const gap = 16;
const captionHeight = 22;
/** Of a map: width ÷ height. */
const aspect = 1.25;
const mapsInARow = 2;
/** Empty space around a map's places, as a share of their extent. */
const border = 0.15;

/**
 * A contact sheet, and under it a map for each query: the query's place as a ring, the answers as numbered dots, in the order
 * of the sheet.
 *
 * @returns one `<svg>` element
 * @throws {ValueError} as {@link contactSheet}
 */
export function geoContactSheet(sheet: GeoContactSheet): string {
  const { title, rows, backdrop } = sheet;
  const { width, height: sheetHeight } = contactSheetSize(sheet);
  const mapWidth = (width - 2 * margin - (mapsInARow - 1) * gap) / mapsInARow;
  const mapHeight = mapWidth / aspect;
  const lines = Math.ceil(rows.length / mapsInARow);
  const height = sheetHeight + lines * (mapHeight + captionHeight + gap) + margin;
  const maps = rows.map((row, i) => {
    const x = margin + (i % mapsInARow) * (mapWidth + gap);
    const y = sheetHeight + Math.floor(i / mapsInARow) * (mapHeight + captionHeight + gap);
    const caption = `Query ${i + 1}: ${row.query.caption.join(", ")}`;
    return html`<g transform="translate(${pixels(x)} ${pixels(y)})"><text y="14">${caption}</text><svg y="${captionHeight}" width="${pixels(mapWidth)}" height="${pixels(mapHeight)}">${map(row, backdrop, mapWidth, mapHeight)}</svg></g>`;
  });
  return html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${pixels(width)} ${pixels(height)}" width="${pixels(width)}" height="${pixels(height)}" role="img" aria-label="${title}" font-family="system-ui, sans-serif" font-size="11" fill="var(--ink, #1b1f24)">
<rect width="${pixels(width)}" height="${pixels(height)}" fill="var(--card, #ffffff)"/>
${new Html(contactSheet(sheet))}
${maps}
</svg>`.markup;
}

function map(row: GeoSheetRow, backdrop: ArrayLike<number>, width: number, height: number): Html {
  const project = projection([row.place, ...row.answerPlaces], width, height);
  const dots: string[] = [];
  for (let i = 0; i < backdrop.length; i += 2) {
    const [x, y] = project([backdrop[i]!, backdrop[i + 1]!]);
    if (x >= 0 && y >= 0 && x <= width && y <= height) dots.push(`M${pixels(x)} ${pixels(y)}h0`);
  }
  const [x, y] = project(row.place);
  // The best answer is drawn last, on top.
  const answers = row.answerPlaces
    .map((place, i) => answerMarker(project(place), i + 1, row.answers[i]?.hit ?? false))
    .reverse();
  return html`<rect width="${pixels(width)}" height="${pixels(height)}" fill="var(--page, #fbfbf9)" stroke="var(--line, #dcdfe3)"/>
<path d="${dots.join("")}" stroke="var(--series-8, #8b929a)" stroke-width="1.4" stroke-linecap="round" stroke-opacity=".55" fill="none"/>
<circle cx="${pixels(x)}" cy="${pixels(y)}" r="11" fill="none" stroke="var(--accent, #0b5cad)" stroke-width="3"/>
${answers}`;
}

function answerMarker([x, y]: Position, number: number, hit: boolean): Html {
  const fill = hit ? "var(--real, #1a6b3c)" : "var(--ink-soft, #59636e)";
  return html`<circle cx="${pixels(x)}" cy="${pixels(y)}" r="8" fill="${fill}"/><text x="${pixels(x)}" y="${pixels(y + 4)}" text-anchor="middle" fill="var(--card, #ffffff)" font-weight="600">${number}</text>`;
}

/** Degrees to pixels such that all places fit, with east–west distances true at the middle latitude. */
function projection(
  places: readonly Position[],
  width: number,
  height: number,
): (place: Position) => Position {
  const lons = places.map(([lon]) => lon);
  const lats = places.map(([, lat]) => lat);
  const [west, east] = [Math.min(...lons), Math.max(...lons)];
  const [south, north] = [Math.min(...lats), Math.max(...lats)];
  const shrink = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const margins = 1 + 2 * border;
  const scale = Math.min(
    width / (margins * Math.max(0.1, (east - west) * shrink)),
    height / (margins * Math.max(0.1, north - south)),
  );
  return ([lon, lat]) => [
    width / 2 + (lon - (west + east) / 2) * shrink * scale,
    height / 2 - (lat - (south + north) / 2) * scale,
  ];
}

function pixels(value: number): string {
  return value.toFixed(1).replace(/\.0$/, "");
}

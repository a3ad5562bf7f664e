import { join } from "node:path";
import { escapeHtml } from "@wayweave/cli";
import type { Position } from "@wayweave/geo-core";
import sharp from "sharp";
import type { ShownHit } from "./shown-hit.js";

interface Sheet {
  readonly title: string;
  /** Where was searched; undefined: wherever. */
  readonly position: Position | undefined;
  readonly hits: readonly ShownHit[];
  /** The photos' folder. */
  readonly photos: string;
}

const THUMBNAIL = 240;
const MAP = { width: 640, height: 420, margin: 36 } as const;

/**
 * One page without a network: thumbnails in the order of the ranking, and a map of where they lie.
 *
 * @returns the page, and the photos that cannot be read
 */
export async function contactSheet({
  title,
  position,
  hits,
  photos,
}: Sheet): Promise<{ readonly page: string; readonly missing: readonly string[] }> {
  const tiles: string[] = [];
  const missing: string[] = [];
  for (const [i, hit] of hits.entries()) {
    const file = hit.payload?.file ?? "";
    const picture = await thumbnail(join(photos, file));
    if (picture === undefined) missing.push(file);
    tiles.push(tile(hit, i, picture));
  }
  const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title>
<style>
body { font: 15px/1.4 system-ui, sans-serif; margin: 2rem auto; max-width: 68rem; padding: 0 1rem; color: #222; }
ol { list-style: none; padding: 0; display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(14rem, 1fr)); }
img { width: 100%; height: 11rem; object-fit: cover; background: #eee; border-radius: 4px; }
figure { margin: 0; } figcaption { font-size: 13px; color: #555; } figcaption p { margin: .2rem 0; }
svg { width: 100%; height: auto; border: 1px solid #ccc; border-radius: 4px; background: #f7f9fb; }
</style>
<h1>${escapeHtml(title)}</h1>
${position === undefined ? "" : `<p>near ${position[0].toFixed(4)}, ${position[1].toFixed(4)} (longitude, latitude)</p>`}
${map(position, hits)}
<ol>
${tiles.join("\n")}
</ol>
</html>
`;
  return { page, missing };
}

function tile(
  { payload, score, distanceMeters, similarity }: ShownHit,
  i: number,
  picture: string | undefined,
): string {
  const file = payload?.file ?? "";
  const image = picture === undefined ? "" : `<img alt="" src="data:image/jpeg;base64,${picture}">`;
  const text = payload?.text === undefined ? "" : `<p>${escapeHtml(shortened(payload.text))}</p>`;
  const numbers = [
    ...(distanceMeters === undefined ? [] : [kilometers(distanceMeters)]),
    `score ${score.toFixed(3)}`,
    ...(similarity === undefined ? [] : [`likeness ${similarity.toFixed(3)}`]),
  ].join(", ");
  return `<li><figure>${image}<figcaption><b>${i + 1}</b> ${escapeHtml(file)}<p>${numbers}</p>${text}</figcaption></figure></li>`;
}

const CAPTION_CHARACTERS = 160;

/** The beginning of a text, with a sign that it is one; emoji are not cut in two. */
function shortened(text: string): string {
  const beginning = text.slice(0, 8 * CAPTION_CHARACTERS);
  const next = [...new Intl.Segmenter().segment(beginning)][CAPTION_CHARACTERS];
  return next === undefined ? beginning : `${beginning.slice(0, next.index)}…`;
}

/** A small JPEG in base64; undefined where the photo is gone. */
async function thumbnail(file: string): Promise<string | undefined> {
  const bytes = await sharp(file)
    .rotate()
    .resize(THUMBNAIL, THUMBNAIL, { fit: "inside", withoutEnlargement: true })
    .flatten({ background: "white" })
    .jpeg({ quality: 75 })
    .toBuffer()
    .catch(() => undefined);
  return bytes?.toString("base64");
}

/** Places in their true proportions: a degree of longitude is as wide as at the query's latitude. */
function map(position: Position | undefined, hits: readonly ShownHit[]): string {
  // Without a place, about the best photo, which no cross marks.
  const center = position ?? hits[0]?.position;
  if (center === undefined) return "";
  const shrink = Math.max(0.05, Math.cos((center[1] * Math.PI) / 180));
  // East and west of the query, the short way round.
  const east = (lon: number) => (((lon - center[0] + 540) % 360) - 180) * shrink;
  const points = hits.map(({ position: [lon, lat] }) => [east(lon), lat - center[1]] as const);
  const reach = (axis: 0 | 1) => Math.max(1e-4, ...points.map((point) => Math.abs(point[axis])));
  const scale = Math.min((MAP.width / 2 - MAP.margin) / reach(0), (MAP.height / 2 - MAP.margin) / reach(1));
  const x = (degrees: number) => (MAP.width / 2 + degrees * scale).toFixed(1);
  const y = (degrees: number) => (MAP.height / 2 - degrees * scale).toFixed(1);
  const dots = points.map(
    ([dx, dy], i) =>
      `<circle cx="${x(dx)}" cy="${y(dy)}" r="9" fill="#2b6cb0"/><text x="${x(dx)}" y="${y(dy)}" dy="4" text-anchor="middle" font-size="11" fill="#fff">${i + 1}</text>`,
  );
  return `<svg viewBox="0 0 ${MAP.width} ${MAP.height}" role="img" aria-label="map of the photos">
${scaleBar(scale)}
${dots.reverse().join("\n")}
${position === undefined ? "" : `<path d="M${x(0)} ${y(0)}m-8 0h16m-8 -8v16" stroke="#c53030" stroke-width="3"/>`}
</svg>`;
}

const METERS_A_DEGREE = 111_195;

/** A bar of 1, 2 or 5 · 10ⁿ metres, at most a third of the map. */
function scaleBar(pixelsADegree: number): string {
  const most = ((MAP.width / 3) * METERS_A_DEGREE) / pixelsADegree;
  const power = 10 ** Math.floor(Math.log10(most));
  const meters = [5, 2, 1].map((digit) => digit * power).find((length) => length <= most)!;
  const width = ((meters / METERS_A_DEGREE) * pixelsADegree).toFixed(1);
  const bottom = MAP.height - 14;
  return `<path d="M14 ${bottom}h${width}" stroke="#555" stroke-width="2"/><text x="14" y="${bottom - 6}" font-size="12" fill="#555">${kilometers(meters)}</text>`;
}

function kilometers(meters: number): string {
  return meters < 1000 ? `${meters.toFixed(0)} m` : `${(meters / 1000).toFixed(meters < 10_000 ? 1 : 0)} km`;
}

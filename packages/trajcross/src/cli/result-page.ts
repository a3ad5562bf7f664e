import { escapeHtml } from "@wayweave/cli";
import type { TrackFinder } from "../retrieval/track-finder.js";
import type { Found, Picture } from "../retrieval/track-finder-types.js";
import { shownPicture } from "./shown-picture.js";
import { comparedBy, NO_LINE, verdict } from "./verdict.js";

const colors = [
  "#e6194b",
  "#3cb44b",
  "#4363d8",
  "#f58231",
  "#911eb4",
  "#46f0f0",
  "#f032e6",
  "#808000",
  "#008080",
  "#9a6324",
];

/** What {@link resultPage} shows. */
export interface ResultPageInput {
  /** The picture's file name, and its bytes as they are. */
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly picture: Picture;
  readonly found: Found;
  readonly finder: TrackFinder;
}

/** A page in one file, without scripts from elsewhere: the picture, the line that was read, and each hit drawn over it. */
export function resultPage({ file, bytes, picture, found, finder }: ResultPageInput): string {
  const { width, height } = picture;
  const hits = found.hits.map(({ index, id, score }, rank) => {
    const color = colors[rank % colors.length]!;
    const points = finder.onPicture(index, picture);
    const path =
      points === undefined ? "" : `<path class="t${rank}" d="${pathOf(points)}" stroke="${color}"/>`;
    const row = `<tr><td><label><input type="checkbox" ${rank === 0 ? "checked" : ""} onchange="document.querySelectorAll('.t${rank}').forEach(e=>e.style.display=this.checked?'inline':'none')"> <b style="color:${color}">${rank + 1}</b></label></td><td>${escapeHtml(id)}</td><td>${score.toFixed(3)}</td></tr>`;
    const hidden = rank === 0 ? "" : `<style>.t${rank}{display:none}</style>`;
    return { path, row, hidden };
  });
  const source = shownPicture(bytes, picture);
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escapeHtml(file)}</title>
<style>body{font:15px system-ui,sans-serif;margin:2rem;display:flex;gap:2rem;flex-wrap:wrap}svg{max-width:min(70vw,900px);height:auto;border:1px solid #ccc}path{fill:none;stroke-width:${Math.max(2, width / 250)};stroke-linejoin:round;opacity:.85}td{padding:.2rem .6rem}</style>
${hits.map(({ hidden }) => hidden).join("")}
<svg viewBox="0 0 ${width} ${height}" width="${width}"><image href="${source}" width="${width}" height="${height}"/>
<path class="line" d="${pathOf(found.line.points)}" stroke="#000" stroke-dasharray="6 4"/>
${hits.map(({ path }) => path).join("\n")}</svg>
<div><h1>${escapeHtml(file)}</h1><p>${escapeHtml(answerOf(found))}</p>
<table><tr><th></th><th>track</th><th>score</th></tr>${hits.map(({ row }) => row).join("\n")}</table></div></html>
`;
}

function answerOf(found: Found): string {
  if (found.hits.length === 0) return `No track: ${NO_LINE}.`;
  const sure = verdict(found.hits, found.confidence);
  return `Compared ${comparedBy(found)}: ${sure}. Dashed: the line as it was read.`;
}

function pathOf(points: Float64Array): string {
  let path = "";
  for (let i = 0; i < points.length; i += 2) {
    path += `${i === 0 ? "M" : "L"}${points[i]!.toFixed(1)} ${points[i + 1]!.toFixed(1)}`;
  }
  return path;
}

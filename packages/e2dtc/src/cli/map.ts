import { escapeHtml, makeFolderOf } from "@wayweave/cli";
import { bboxOf, type TrajectorySet } from "@wayweave/geo-core";
import { writeAtomically } from "@wayweave/geo-core/node";
import { inClusters } from "./summary.js";

/** What {@link mapPage} shows. */
export interface MapContents {
  /** 0 … k − 1, or −1, `[trips]`. */
  readonly labels: ArrayLike<number>;
  readonly k: number;
  /** A trip in the middle of each cluster, −1 for none, `[k]`. */
  readonly medoids: ArrayLike<number>;
}

const WIDTH = 1000;
const MARGIN = 10;
/** Trips beyond this many are drawn in an even selection, and the page says so. */
const MOST_DRAWN = 3000;

/** Writes {@link mapPage}. */
export async function writeMap(file: string, set: TrajectorySet, contents: MapContents): Promise<void> {
  const page = mapPage(set, contents);
  const target = await makeFolderOf(file);
  await writeAtomically(target, (write) => write(new TextEncoder().encode(page)));
}

/**
 * One page that shows the clusters on a plain ground, light or dark as the reader likes it: no network, no tiles, no scripts. Each cluster
 * has a colour, a count and a trip in its middle (its medoid, a thick line), and can be switched off in the legend.
 *
 * @returns an HTML document
 */
export function mapPage(set: TrajectorySet, { labels, k, medoids }: MapContents): string {
  const frame = frameOf(set);
  const step = Math.max(1, Math.ceil(set.length / MOST_DRAWN));
  const groups = new Map<number, { count: number; paths: string[] }>();
  for (let i = 0; i < set.length; i++) {
    const group = groups.get(labels[i]!) ?? { count: 0, paths: [] };
    groups.set(labels[i]!, group);
    group.count++;
    if (i % step === 0) group.paths.push(`<path d="${lineOf(set, i, frame)}"/>`);
  }
  const order = [...groups.keys()].sort((a, b) => a - b);
  const rows = order.map((label, i) => legendRow(set, label, i, groups.get(label)!.count, medoids));
  const drawn = order.map((label, i) => {
    const name = nameOf(label);
    const medoid = label < 0 ? -1 : (medoids[label] ?? -1);
    const middle = medoid < 0 ? "" : medoidOf(set, medoid, name, frame);
    const { count, paths } = groups.get(label)!;
    return `<g class="g${i}" role="group" aria-label="${name}, ${count} trips">${paths.join("")}${middle}</g>`;
  });
  const note = step === 1 ? "" : ` Every ${step}th trip is drawn.`;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>Clusters of trips</title>
<style>${styleOf(order)}</style>
<h1>Clusters of trips</h1>
<p>${inClusters(set.length, k)}.${note} A thick line with a dot at its start is the trip in the middle of its cluster.</p>
<fieldset><legend>Shown</legend>
${rows.join("\n")}
</fieldset>
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${frame.height}" role="img" aria-label="Map of ${inClusters(set.length, k)}">
${drawn.join("\n")}
</svg>
</html>
`;
}

interface Frame {
  readonly height: number;
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
}

/** Where positions go on the page: degrees are shrunk by the middle's latitude, and may cross the antimeridian. */
function frameOf(set: TrajectorySet): Frame {
  const [west, south, east, north] = bboxOf(set);
  const isGeographic = set.coordinateSystem === "lonlat";
  const span = isGeographic && east < west ? east + 360 - west : east - west;
  const shrink = isGeographic ? Math.max(0.01, Math.cos((((south + north) / 2) * Math.PI) / 180)) : 1;
  const scale = (WIDTH - 2 * MARGIN) / Math.max(span * shrink, north - south, 1e-9);
  const wrapped = (value: number) => (isGeographic && value < west ? value + 360 : value);
  return {
    height: Math.ceil((north - south) * scale) + 2 * MARGIN,
    x: (value) => MARGIN + (wrapped(value) - west) * shrink * scale,
    y: (value) => MARGIN + (north - value) * scale,
  };
}

function nameOf(label: number): string {
  return label < 0 ? "no cluster" : `cluster ${label}`;
}

function legendRow(
  { ids }: TrajectorySet,
  label: number,
  index: number,
  count: number,
  medoids: ArrayLike<number>,
): string {
  const medoid = label < 0 ? -1 : (medoids[label] ?? -1);
  const middle = medoid < 0 ? "" : ` <small>middle: ${escapeHtml(ids?.[medoid] ?? String(medoid))}</small>`;
  return `<label><input type="checkbox" id="c${index}" checked><i class="g${index}" aria-hidden="true"></i> ${nameOf(label)}: ${count}${middle}</label>`;
}

function medoidOf(set: TrajectorySet, trip: number, name: string, frame: Frame): string {
  const title = `<title>middle of ${name}: ${escapeHtml(set.at(trip).id)}</title>`;
  const { coordinates } = set.at(trip);
  const [x, y] = [frame.x(coordinates[0]!).toFixed(1), frame.y(coordinates[1]!).toFixed(1)];
  const line = lineOf(set, trip, frame);
  return `<g class="m">${title}<path class="halo" d="${line}"/><path d="${line}"/><circle cx="${x}" cy="${y}" r="5"/></g>`;
}

function lineOf({ coordinates, offsets }: TrajectorySet, trip: number, { x, y }: Frame): string {
  const points: string[] = [];
  for (let p = offsets[trip]!; p < offsets[trip + 1]!; p++) {
    points.push(`${x(coordinates[2 * p]!).toFixed(1)} ${y(coordinates[2 * p + 1]!).toFixed(1)}`);
  }
  // A line of no length is drawn as a dot, with round ends.
  return points.length === 0
    ? ""
    : `M${points.length === 1 ? [...points, ...points].join("L") : points.join("L")}`;
}

/** Colours that are told apart side by side; the golden angle takes them apart for any number of clusters. */
function hueOf(label: number): number {
  return Math.round((label * 137.508) % 360);
}

function styleOf(order: readonly number[]): string {
  const colors = (even: number, odd: number, gray: string) =>
    order
      .map((label, i) => {
        const color = label < 0 ? gray : `hsl(${hueOf(label)} 70% ${label % 2 === 0 ? even : odd}%)`;
        return `.g${i}{color:${color}}`;
      })
      .join("");
  const hidden = order.map((_, i) => `body:has(#c${i}:not(:checked)) svg .g${i}`).join(",");
  const hide = hidden === "" ? "" : `${hidden}{display:none}`;
  return `:root{color-scheme:light dark;--ground:#fff;--ink:#222;--rule:#ccc}
body{font:15px/1.5 system-ui,sans-serif;margin:1rem auto;max-width:64rem;padding:0 1rem;background:var(--ground);color:var(--ink)}
h1{font-size:1.3rem}fieldset{border:1px solid var(--rule);display:flex;flex-wrap:wrap;gap:.25rem 1.25rem}
label i{display:inline-block;width:.9em;height:.9em;background:currentColor;border-radius:2px}small{opacity:.8}
svg{display:block;margin-top:1rem;width:100%;height:auto;border:1px solid var(--rule)}
svg path{fill:none;stroke:currentColor;stroke-width:1.2;stroke-opacity:.5;stroke-linecap:round;stroke-linejoin:round}
.m path{stroke-width:4;stroke-opacity:1}svg .m .halo{stroke:var(--ground);stroke-width:8}.m circle{fill:currentColor;stroke:var(--ground);stroke-width:2}
${colors(36, 46, "#666")}${hide}
@media(prefers-color-scheme:dark){:root{--ground:#14171a;--ink:#e6e6e6;--rule:#444}${colors(62, 72, "#aaa")}}`;
}

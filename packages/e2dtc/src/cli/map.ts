import { bboxOf, type TrajectorySet } from "@wayweave/geo-core";
import { writeAtomically } from "@wayweave/geo-core/node";

/** Colours that are told apart side by side; the golden angle takes them apart for any number of clusters. */
function colorOf(label: number): string {
  return label < 0 ? "#999" : `hsl(${Math.round((label * 137.508) % 360)} 70% ${label % 2 === 0 ? 42 : 58}%)`;
}

const WIDTH = 1000;
/** Trips beyond this many are drawn in an even selection, and the page says so. */
const MOST_DRAWN = 3000;

/**
 * Writes one page that shows the clusters on a plain ground: no network, no tiles, no scripts. Each cluster has a colour and a count, and
 * can be switched off in the legend.
 */
export async function writeMap(
  file: string,
  set: TrajectorySet,
  labels: ArrayLike<number>,
  k: number,
): Promise<void> {
  const page = mapPage(set, labels, k);
  await writeAtomically(file, (write) => write(new TextEncoder().encode(page)));
}

/** @returns an HTML document */
export function mapPage(set: TrajectorySet, labels: ArrayLike<number>, k: number): string {
  const [west, south, east, north] = bboxOf(set);
  const isGeographic = set.coordinateSystem === "lonlat";
  const span = isGeographic && east < west ? east + 360 - west : east - west;
  const shrink = isGeographic ? Math.cos((((south + north) / 2) * Math.PI) / 180) : 1;
  const scale = (WIDTH - 20) / Math.max(span * shrink, north - south, 1e-9);
  const height = Math.ceil((north - south) * scale) + 20;
  const x = (value: number) =>
    10 + (isGeographic && value < west ? value + 360 - west : value - west) * shrink * scale;
  const y = (value: number) => 10 + (north - value) * scale;
  const step = Math.max(1, Math.ceil(set.length / MOST_DRAWN));
  const groups = new Map<number, string[]>();
  const counts = new Map<number, number>();
  for (let i = 0; i < set.length; i++) {
    const label = labels[i]!;
    counts.set(label, (counts.get(label) ?? 0) + 1);
    if (i % step === 0) groups.set(label, [...(groups.get(label) ?? []), pathOf(set, i, x, y)]);
  }
  const order = [...counts.keys()].sort((a, b) => a - b);
  const toggles = order.map((label, i) => {
    const name = label < 0 ? "no cluster" : `cluster ${label}`;
    return `<input type="checkbox" id="c${i}" checked><label for="c${i}" style="color:${colorOf(label)}">■ ${name}: ${counts.get(label)}</label>`;
  });
  const hide = order.map((_, i) => `#c${i}:not(:checked)~svg .g${i}`).join(",");
  const drawn = order.map(
    (label, i) => `<g class="g${i}" stroke="${colorOf(label)}">${(groups.get(label) ?? []).join("")}</g>`,
  );
  const note = step === 1 ? "" : ` Every ${step}th trip is drawn.`;
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Clusters of trips</title>
<style>body{font:14px system-ui;margin:1em}label{margin-right:1em}svg{display:block;margin-top:1em;max-width:100%;border:1px solid #ddd}path{fill:none;stroke-width:1.2;stroke-opacity:.5}${hide}{display:none}</style>
<p>${set.length} trips in ${k} clusters.${note}</p>
${toggles.join("\n")}
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}">${drawn.join("\n")}</svg></html>
`;
}

function pathOf(
  { coordinates, offsets }: TrajectorySet,
  trip: number,
  x: (value: number) => number,
  y: (value: number) => number,
): string {
  const points: string[] = [];
  for (let p = offsets[trip]!; p < offsets[trip + 1]!; p++) {
    points.push(`${x(coordinates[2 * p]!).toFixed(1)} ${y(coordinates[2 * p + 1]!).toFixed(1)}`);
  }
  return `<path d="M${points.join("L")}"/>`;
}

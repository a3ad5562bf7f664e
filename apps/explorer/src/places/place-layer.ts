import { clusterColor, type Palette } from "../map/colors.js";
import type { Layer } from "../map/map-view.js";
import { type Box, toWorld, type View } from "../map/view.js";
import type { PlaceHit, Places } from "./api.js";

/** Places as dots: where several fall onto one spot of the screen, one is drawn. */
export class PlaceDots {
  readonly box: Box;
  readonly #world: Float64Array;
  readonly #kinds: Uint8Array;

  constructor({ positions, kinds }: Places) {
    this.#kinds = kinds;
    this.#world = new Float64Array(positions.length);
    let [minX, minY, maxX, maxY] = [Infinity, Infinity, -Infinity, -Infinity];
    for (let i = 0; i < positions.length; i += 2) {
      const [x, y] = toWorld("lonlat", positions[i]!, positions[i + 1]!);
      this.#world[i] = x;
      this.#world[i + 1] = y;
      [minX, minY, maxX, maxY] = [Math.min(minX, x), Math.min(minY, y), Math.max(maxX, x), Math.max(maxY, y)];
    }
    this.box = [minX, minY, maxX, maxY];
  }

  readonly layer: Layer = function* (
    this: PlaceDots,
    context: CanvasRenderingContext2D,
    view: View,
    palette: Palette,
  ) {
    const world = this.#world;
    const columns = Math.ceil(view.width / SPOT);
    const taken = new Uint8Array(columns * Math.ceil(view.height / SPOT));
    const dot = view.metersPerPixel < 6 ? 4 : 3;
    const colors = Array.from({ length: 8 }, (_, kind) => clusterColor(kind, palette));
    context.globalAlpha = 0.6;
    for (let i = 0; i < this.#kinds.length; i++) {
      if (i % A_STEP === A_STEP - 1) yield;
      const x = view.screenX(world[2 * i]!);
      const y = view.screenY(world[2 * i + 1]!);
      if (x < 0 || y < 0 || x >= view.width || y >= view.height) continue;
      const spot = Math.floor(y / SPOT) * columns + Math.floor(x / SPOT);
      if (taken[spot] === 1) continue;
      taken[spot] = 1;
      context.fillStyle = colors[this.#kinds[i]!]!;
      context.fillRect(x - dot / 2, y - dot / 2, dot, dot);
    }
    context.globalAlpha = 1;
  }.bind(this);
}

/** Pixels a side. */
const SPOT = 4;
const A_STEP = 5000;

/** Where one stands, and the answers by number. */
export function drawAnswers(
  context: CanvasRenderingContext2D,
  view: View,
  palette: Palette,
  here: readonly [number, number],
  hits: readonly PlaceHit[],
): void {
  const [x, y] = pixelOf(view, here);
  context.lineWidth = 3;
  context.strokeStyle = palette.accent;
  context.fillStyle = palette.halo;
  context.beginPath();
  context.arc(x, y, 9, 0, 2 * Math.PI);
  context.fill();
  context.stroke();
  context.beginPath();
  for (const [dx, dy] of [
    [15, 0],
    [-15, 0],
    [0, 15],
    [0, -15],
  ] as const) {
    context.moveTo(x + dx * 0.35, y + dy * 0.35);
    context.lineTo(x + dx, y + dy);
  }
  context.stroke();
  context.font = "600 12px system-ui, sans-serif";
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (const [i, hit] of [...hits.entries()].reverse()) {
    const [hitX, hitY] = pixelOf(view, hit.position);
    context.beginPath();
    context.arc(hitX, hitY, 11, 0, 2 * Math.PI);
    context.fillStyle = clusterColor(hit.kind, palette);
    context.fill();
    context.lineWidth = 2;
    context.strokeStyle = palette.halo;
    context.stroke();
    context.fillStyle = palette.isDark ? "#10181f" : "#ffffff";
    context.fillText(String(i + 1), hitX, hitY + 0.5);
  }
  context.textAlign = "start";
  context.textBaseline = "alphabetic";
}

function pixelOf(view: View, [lon, lat]: readonly [number, number]): [number, number] {
  const [x, y] = toWorld("lonlat", lon, lat);
  return [view.screenX(x + Math.round(view.centerX - x)), view.screenY(y)];
}

import { metersInWords } from "../foundation/plain-words.js";
import type { Palette } from "./colors.js";
import { fromWorld, toWorld, type View } from "./view.js";

const FONT = "11px system-ui, sans-serif";

/** Lines of round degrees or metres, with their names at the edge. */
export function drawGrid(context: CanvasRenderingContext2D, view: View, palette: Palette): void {
  const [minX, minY, maxX, maxY] = view.box;
  const { system } = view;
  const perWorld = system === "lonlat" ? 360 : 1;
  const step = roundStep((140 / view.scale) * perWorld);
  context.save();
  context.strokeStyle = palette.grid;
  context.fillStyle = palette.label;
  context.font = FONT;
  context.lineWidth = 1;
  context.beginPath();
  const names: [text: string, x: number, y: number][] = [];
  const left = system === "lonlat" ? minX * 360 - 180 : minX;
  const right = system === "lonlat" ? maxX * 360 - 180 : maxX;
  for (let value = Math.ceil(left / step) * step; value <= right; value += step) {
    const x = Math.round(view.screenX(system === "lonlat" ? (value + 180) / 360 : value)) + 0.5;
    context.moveTo(x, 0);
    context.lineTo(x, view.height);
    names.push([nameOf(value, step, system, "E", "W"), x + 4, view.height - 6]);
  }
  const [, low] = fromWorld(system, 0, Math.min(maxY, system === "lonlat" ? 1 : maxY));
  const [, high] = fromWorld(system, 0, Math.max(minY, system === "lonlat" ? 0 : minY));
  for (let value = Math.ceil(low / step) * step; value <= high; value += step) {
    const y = Math.round(view.screenY(toWorld(system, 0, value)[1])) + 0.5;
    context.moveTo(0, y);
    context.lineTo(view.width, y);
    names.push([nameOf(value, step, system, "N", "S"), 6, y - 4]);
  }
  context.stroke();
  for (const [text, x, y] of names) if (y > 40 && x < view.width - 60) context.fillText(text, x, y);
  context.restore();
}

function nameOf(
  value: number,
  step: number,
  system: View["system"],
  positive: string,
  negative: string,
): string {
  const digits = Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
  if (system === "planar") return `${value.toFixed(digits)} m`;
  const within = positive === "E" ? ((((value + 180) % 360) + 360) % 360) - 180 : value;
  const side = Math.abs(within) < step / 2 ? "" : within > 0 ? ` ${positive}` : ` ${negative}`;
  return `${Math.abs(within).toFixed(digits)}°${side}`;
}

/** The next of 1, 2, 5 times a power of ten. */
export function roundStep(atLeast: number): number {
  const power = 10 ** Math.floor(Math.log10(atLeast));
  const share = atLeast / power;
  return power * (share <= 1 ? 1 : share <= 2 ? 2 : share <= 5 ? 5 : 10);
}

/** A bar of a round length at the lower right. */
export function drawScaleBar(context: CanvasRenderingContext2D, view: View, palette: Palette): void {
  const meters = roundStep(60 * view.metersPerPixel);
  const pixels = meters / view.metersPerPixel;
  if (!(pixels < view.width / 2)) return;
  const [x, y] = [view.width - 16 - pixels, view.height - 26];
  context.save();
  context.font = FONT;
  context.lineWidth = 2;
  context.strokeStyle = palette.label;
  context.fillStyle = palette.label;
  context.beginPath();
  context.moveTo(x, y - 5);
  context.lineTo(x, y);
  context.lineTo(x + pixels, y);
  context.lineTo(x + pixels, y - 5);
  context.stroke();
  context.textAlign = "right";
  context.fillText(metersInWords(meters), x + pixels, y - 8);
  context.restore();
}

import type { Palette } from "../map/colors.js";
import type { View } from "../map/view.js";
import type { TrackScene } from "./scene.js";

/** How tracks of different times share one clock. */
export type ClockKind = "recorded" | "day" | "together";

const DAY_MS = 86_400_000;

/** When each track is where. Points without a time are passed over. */
export class TrackClock {
  readonly startMs: number;
  readonly endMs: number;
  /** How much of a track's way before the moment is shown as its trail. */
  readonly trailMs: number;
  readonly #scene: TrackScene;
  /** What is taken off each track's times, `[tracks]`; NaN for tracks without times. */
  readonly #shifts: Float64Array;
  readonly #starts: Float64Array;
  readonly #ends: Float64Array;

  /** @returns undefined where no track has two times */
  static of(scene: TrackScene, kind: ClockKind): TrackClock | undefined {
    const clock = new TrackClock(scene, kind);
    return clock.endMs > clock.startMs ? clock : undefined;
  }

  private constructor(scene: TrackScene, kind: ClockKind) {
    this.#scene = scene;
    const { count } = scene;
    const { offsets, timesMs } = scene.columns;
    this.#shifts = new Float64Array(count).fill(Number.NaN);
    this.#starts = new Float64Array(count);
    this.#ends = new Float64Array(count);
    let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    const durations: number[] = [];
    for (let i = 0; i < count && timesMs !== undefined; i++) {
      const [start, end] = [timesMs[offsets[i]!]!, timesMs[offsets[i + 1]! - 1]!];
      if (!(end >= start)) continue;
      const shift =
        kind === "recorded" ? 0 : kind === "together" ? start : Math.floor(start / DAY_MS) * DAY_MS;
      this.#shifts[i] = shift;
      this.#starts[i] = start - shift;
      this.#ends[i] = end - shift;
      least = Math.min(least, start - shift);
      most = Math.max(most, end - shift);
      durations.push(end - start);
    }
    durations.sort((a, b) => a - b);
    this.startMs = least;
    this.endMs = most;
    this.trailMs = (durations[durations.length >> 1] ?? 0) / 3;
  }

  /** How many tracks are under way. */
  countAt(ms: number): number {
    let count = 0;
    for (let i = 0; i < this.#shifts.length; i++) {
      if (!Number.isNaN(this.#shifts[i]!) && ms >= this.#starts[i]! && ms <= this.#ends[i]!) count++;
    }
    return count;
  }

  /** Where tracks are at a moment, and the way that they have just come. */
  draw(context: CanvasRenderingContext2D, view: View, palette: Palette, ms: number): void {
    const scene = this.#scene;
    const { box } = view;
    context.lineWidth = 2.5;
    context.lineCap = "round";
    for (let i = 0; i < scene.count; i++) {
      if (Number.isNaN(this.#shifts[i]!) || ms < this.#starts[i]! || ms - this.trailMs > this.#ends[i]!)
        continue;
      if (!scene.isShown(i)) continue;
      const shift = scene.lines.shiftFor(view, i);
      if (!scene.lines.isVisible(i, box, shift)) continue;
      const color = scene.colorOf(i, palette);
      const at = this.#trail(context, view, i, ms, shift, color);
      if (at === undefined || ms > this.#ends[i]!) continue;
      context.beginPath();
      context.arc(at[0], at[1], 4, 0, 2 * Math.PI);
      context.fillStyle = color;
      context.fill();
    }
  }

  /** Draws the last part of the way. @returns where the track is, in pixels */
  #trail(
    context: CanvasRenderingContext2D,
    view: View,
    track: number,
    ms: number,
    shift: number,
    color: string,
  ): [number, number] | undefined {
    const { lines, columns } = this.#scene;
    const times = columns.timesMs!;
    const own = ms + this.#shifts[track]!;
    const [start, end] = [columns.offsets[track]!, columns.offsets[track + 1]!];
    context.beginPath();
    context.strokeStyle = color;
    let at: [number, number] | undefined;
    let before = -1;
    for (let p = start; p < end; p++) {
      const time = times[p]!;
      if (Number.isNaN(time) || time < own - this.trailMs) continue;
      let [x, y] = lines.pointAt(p);
      const isBeyond = time > own;
      if (isBeyond) {
        if (before < 0) before = p - 1;
        if (before < start || Number.isNaN(times[before]!)) break;
        const share = Math.max(0, (own - times[before]!) / (time - times[before]!));
        const [fromX, fromY] = lines.pointAt(before);
        [x, y] = [fromX + share * (x - fromX), fromY + share * (y - fromY)];
      }
      const pixel: [number, number] = [view.screenX(x + shift), view.screenY(y)];
      if (at === undefined) context.moveTo(...pixel);
      else context.lineTo(...pixel);
      at = pixel;
      before = p;
      if (isBeyond) break;
    }
    context.stroke();
    return at;
  }
}

/** A moment as people write it. */
export function momentInWords(ms: number, kind: ClockKind): string {
  if (kind !== "recorded" || Math.abs(ms) < 10 * DAY_MS) {
    const seconds = Math.max(0, Math.round(ms / 1000));
    const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
    return parts.map((part) => String(part).padStart(2, "0")).join(":");
  }
  return new Date(ms).toISOString().slice(0, 19).replace("T", " ");
}

import { clusterColor, type Palette } from "../map/colors.js";
import type { Layer } from "../map/map-view.js";
import { TrackLines } from "../map/track-lines.js";
import { toWorld, type View } from "../map/view.js";
import type { Clusters, LoadedTracks } from "./api.js";

/** What is known of the tracks on the map, and which of them stand out. */
export class TrackScene {
  readonly columns: LoadedTracks["columns"];
  readonly lines: TrackLines;
  readonly roads: Float64Array | undefined;
  clusters: Clusters | undefined;
  readonly hidden = new Set<number>();
  selected: number | undefined;
  similar: readonly number[] = [];
  /** Drawn pale, because something above them is what to look at. */
  isFaint = false;
  #byCluster: Map<number, Uint32Array> | undefined;

  constructor({ columns, roads }: LoadedTracks) {
    this.columns = columns;
    this.lines = new TrackLines(columns);
    this.roads = roads === undefined ? undefined : roadsInWorld(roads, columns.coordinateSystem);
  }

  get count(): number {
    return this.lines.count;
  }

  /** `Track 12`, or its own name where it has one. */
  nameOf(track: number): string {
    const id = this.columns.ids?.[track] ?? String(track);
    return /^\d+$/.test(id) ? `Track ${id}` : id;
  }

  labelOf(track: number): number {
    return this.clusters?.labels[track] ?? -1;
  }

  isShown(track: number): boolean {
    return this.clusters === undefined || !this.hidden.has(this.labelOf(track));
  }

  colorOf(track: number, palette: Palette): string {
    return this.clusters === undefined ? palette.accent : clusterColor(this.labelOf(track), palette);
  }

  setClusters(clusters: Clusters | undefined): void {
    this.clusters = clusters;
    this.hidden.clear();
    this.#byCluster = undefined;
  }

  /** Number of tracks of each label, the unclustered under −1. */
  sizes(): Map<number, number> {
    return new Map([...this.#groups()].map(([label, tracks]) => [label, tracks.length]));
  }

  /** The ground of made-up cities, and all tracks. */
  readonly layer: Layer = function* (
    this: TrackScene,
    context: CanvasRenderingContext2D,
    view: View,
    palette: Palette,
  ) {
    if (this.roads !== undefined) drawRoads(context, view, palette, this.roads);
    yield;
    const { lines } = this;
    const { points, offsets } = lines.pointsAt(view);
    yield;
    const { box } = view;
    context.lineWidth = this.count > 2000 ? 1 : 1.6;
    context.globalAlpha = this.isFaint || this.selected !== undefined ? 0.16 : opacityOf(this.count);
    for (const [label, tracks] of this.#groups()) {
      if (this.hidden.has(label)) continue;
      context.strokeStyle = this.clusters === undefined ? palette.accent : clusterColor(label, palette);
      let pending = 0;
      context.beginPath();
      for (const track of tracks) {
        const shift = lines.shiftFor(view, track);
        if (!lines.isVisible(track, box, shift)) continue;
        trace(context, view, points, offsets[track]!, offsets[track + 1]!, shift);
        pending += offsets[track + 1]! - offsets[track]!;
        if (pending > POINTS_A_STROKE) {
          context.stroke();
          context.beginPath();
          pending = 0;
          yield;
        }
      }
      context.stroke();
      yield;
    }
    context.globalAlpha = 1;
  }.bind(this);

  /** The middle track of each cluster, the chosen track and those like it. */
  readonly overlay = (context: CanvasRenderingContext2D, view: View, palette: Palette): void => {
    if (this.clusters !== undefined && this.selected === undefined && !this.isFaint) {
      for (const medoid of this.clusters.medoids) {
        if (medoid >= 0 && this.isShown(medoid)) this.#emphasize(context, view, palette, medoid, 3);
      }
    }
    for (const track of this.similar) this.#emphasize(context, view, palette, track, 2.5);
    if (this.selected !== undefined) {
      this.#emphasize(context, view, palette, this.selected, 4.5);
      this.#drawEnds(context, view, palette, this.selected);
    }
  };

  #emphasize(
    context: CanvasRenderingContext2D,
    view: View,
    palette: Palette,
    track: number,
    width: number,
  ): void {
    const { lines } = this;
    const { points, offsets } = lines.pointsAt(view);
    const shift = lines.shiftFor(view, track);
    if (!lines.isVisible(track, view.box, shift)) return;
    context.lineJoin = "round";
    context.lineCap = "round";
    for (const [color, thickness] of [
      [palette.halo, width + 3],
      [this.colorOf(track, palette), width],
    ] as const) {
      context.strokeStyle = color;
      context.lineWidth = thickness;
      context.beginPath();
      trace(context, view, points, offsets[track]!, offsets[track + 1]!, shift);
      context.stroke();
    }
  }

  /** An open circle where a track starts, a full one where it ends. */
  #drawEnds(context: CanvasRenderingContext2D, view: View, palette: Palette, track: number): void {
    const { offsets } = this.columns;
    const shift = this.lines.shiftFor(view, track);
    const ends = [offsets[track]!, offsets[track + 1]! - 1];
    context.lineWidth = 3;
    context.strokeStyle = this.colorOf(track, palette);
    for (const [i, point] of ends.entries()) {
      const [x, y] = this.lines.pointAt(point);
      context.beginPath();
      context.arc(view.screenX(x + shift), view.screenY(y), 6, 0, 2 * Math.PI);
      context.fillStyle = i === 0 ? palette.land : this.colorOf(track, palette);
      context.fill();
      context.stroke();
    }
  }

  #groups(): Map<number, Uint32Array> {
    if (this.#byCluster !== undefined) return this.#byCluster;
    const lists = new Map<number, number[]>();
    for (let i = 0; i < this.count; i++) {
      const label = this.labelOf(i);
      const list = lists.get(label);
      if (list === undefined) lists.set(label, [i]);
      else list.push(i);
    }
    this.#byCluster = new Map(
      [...lists].sort(([a], [b]) => a - b).map(([label, list]) => [label, Uint32Array.from(list)]),
    );
    return this.#byCluster;
  }
}

/** Lines of a stroke: more would hold the page up, fewer cost time. */
const POINTS_A_STROKE = 3000;

function opacityOf(count: number): number {
  return count > 5000 ? 0.25 : count > 1000 ? 0.4 : count > 200 ? 0.55 : 0.85;
}

/** Adds a track to the path; a single point becomes a dot. */
export function trace(
  context: CanvasRenderingContext2D,
  view: View,
  points: Float64Array,
  start: number,
  end: number,
  shift: number,
): void {
  const { scale } = view;
  const offsetX = view.width / 2 + (shift - view.centerX) * scale;
  const offsetY = view.height / 2 - view.centerY * scale;
  context.moveTo(points[2 * start]! * scale + offsetX, points[2 * start + 1]! * scale + offsetY);
  for (let p = start + 1; p < end; p++) {
    context.lineTo(points[2 * p]! * scale + offsetX, points[2 * p + 1]! * scale + offsetY);
  }
  if (end === start + 1) {
    context.lineTo(points[2 * start]! * scale + offsetX + 0.1, points[2 * start + 1]! * scale + offsetY);
  }
}

function roadsInWorld(roads: Float64Array, system: "lonlat" | "planar"): Float64Array {
  const out = new Float64Array(roads.length);
  for (let i = 0; i < roads.length; i += 2) out.set(toWorld(system, roads[i]!, roads[i + 1]!), i);
  return out;
}

function drawRoads(
  context: CanvasRenderingContext2D,
  view: View,
  palette: Palette,
  roads: Float64Array,
): void {
  context.strokeStyle = palette.road;
  context.lineWidth = Math.max(1, Math.min(6, 14 / view.metersPerPixel));
  context.beginPath();
  for (let i = 0; i < roads.length; i += 4) {
    context.moveTo(view.screenX(roads[i]!), view.screenY(roads[i + 1]!));
    context.lineTo(view.screenX(roads[i + 2]!), view.screenY(roads[i + 3]!));
  }
  context.stroke();
}

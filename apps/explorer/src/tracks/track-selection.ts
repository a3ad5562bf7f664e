import { button, choice, field, fill, h } from "../foundation/dom.js";
import type { Page } from "../foundation/page.js";
import { counted, durationInWords, errorInWords, isAbort, metersInWords } from "../foundation/plain-words.js";
import type { WorkerCalls } from "../foundation/worker-calls.js";
import type { MapView } from "../map/map-view.js";
import type { SimilarityName, TracksApi } from "./api.js";
import { lengthOf } from "./measure.js";
import type { TrackScene } from "./scene.js";

const MEASURES: readonly (readonly [SimilarityName, string])[] = [
  ["frechet", "Fréchet distance"],
  ["dtw", "Dynamic time warping"],
  ["hausdorff", "Hausdorff distance"],
];
/** Pixels about the pointer in which a track is hit. */
const REACH = 8;
const SIMILAR = 5;

interface SimilarTrack {
  readonly track: number;
  readonly distance: number;
}

/** The track that was chosen, what is known of it, and those most similar to it. */
export class TrackSelection {
  readonly element = h("div", { "aria-live": "polite" });
  readonly #page: Page;
  readonly #map: MapView;
  readonly #calls: WorkerCalls<TracksApi>;
  #scene: TrackScene | undefined;
  #measure: SimilarityName = "frechet";
  #searching: AbortController | undefined;

  constructor(page: Page, map: MapView, calls: WorkerCalls<TracksApi>) {
    this.#page = page;
    this.#map = map;
    this.#calls = calls;
    map.onClick = (x, y) => this.select(this.#trackAt(x, y));
    map.onHover = (x, y) => this.#tipOf(this.#trackAt(x, y));
  }

  /** Other tracks are on the map; the one that the address names is chosen. */
  setScene(scene: TrackScene): void {
    this.#scene = scene;
    const trip = Number(this.#page.state.get("trip") ?? Number.NaN);
    this.select(trip < scene.count ? trip : undefined);
  }

  select(track: number | undefined): void {
    const scene = this.#scene;
    if (scene === undefined) return;
    this.#searching?.abort();
    scene.selected = track;
    scene.similar = [];
    this.#page.state.set({ trip: track === undefined ? undefined : String(track) });
    this.show();
    this.#map.redraw();
    if (track !== undefined) void this.#findSimilar(scene, track);
  }

  /** Tells what is known of the track, its cluster among it. */
  show(hits?: readonly SimilarTrack[]): void {
    const scene = this.#scene;
    const track = scene?.selected;
    if (scene === undefined || track === undefined) {
      fill(this.element);
      return;
    }
    fill(
      this.element,
      h("h3", {}, scene.nameOf(track)),
      h("p", {}, factsOf(scene, track)),
      field(
        "Most similar by",
        choice(MEASURES, this.#measure, (value) => {
          this.#measure = value;
          void this.#findSimilar(scene, track);
        }),
      ),
      hits === undefined
        ? h("p", { class: "hint" }, scene.similar.length > 0 ? "" : "Searching…")
        : this.#listOf(scene, hits),
      h(
        "div",
        { class: "row" },
        button("Zoom to it", () => {
          const box = scene.lines.boxes.subarray(4 * track, 4 * track + 4);
          this.#map.fit([box[0]!, box[1]!, box[2]!, box[3]!]);
        }),
        button("Show all", () => this.select(undefined)),
      ),
    );
  }

  #listOf(scene: TrackScene, hits: readonly SimilarTrack[]): HTMLElement {
    const items = hits.map(({ track, distance }) =>
      h(
        "li",
        {},
        button(scene.nameOf(track), () => this.select(track), { class: "quiet" }),
        h("span", { class: "count" }, metersInWords(distance)),
      ),
    );
    return h("ol", { class: "hits" }, ...items);
  }

  async #findSimilar(scene: TrackScene, track: number): Promise<void> {
    const controller = new AbortController();
    this.#searching = controller;
    try {
      const input = { track, k: SIMILAR, distance: this.#measure };
      const hits = await this.#calls.call("similar", input, { signal: controller.signal });
      if (this.#scene !== scene || scene.selected !== track) return;
      scene.similar = hits.map(({ index }) => index);
      this.show(hits.map(({ index, distance }) => ({ track: index, distance })));
      this.#map.refresh();
    } catch (error) {
      if (!isAbort(error)) this.#page.tell(errorInWords(error));
    }
  }

  #trackAt(x: number, y: number): number | undefined {
    const scene = this.#scene;
    return scene?.lines.nearest(this.#map.view, x, y, REACH, (track) => scene.isShown(track));
  }

  #tipOf(track: number | undefined): string | undefined {
    const scene = this.#scene;
    if (scene === undefined || track === undefined) return undefined;
    const label = scene.labelOf(track);
    return `${scene.nameOf(track)}${label < 0 ? "" : ` · cluster ${label + 1}`}`;
  }
}

/** How long a track is, how long it took, and which cluster it is in. */
function factsOf(scene: TrackScene, track: number): string {
  const { meters, ms, points } = lengthOf(scene.columns, track);
  const label = scene.labelOf(track);
  return [
    metersInWords(meters),
    ms === undefined ? "" : durationInWords(ms),
    counted(points, "point"),
    scene.clusters === undefined ? "" : label < 0 ? "no cluster" : `cluster ${label + 1}`,
  ]
    .filter((part) => part !== "")
    .join(" · ");
}

import { button, fill, h } from "../foundation/dom.js";
import { clusterColor } from "../map/colors.js";
import type { MapView } from "../map/map-view.js";
import type { TrackScene } from "./scene.js";

/** The clusters by number and colour, each of which may be hidden, and the tracks in their middles. */
export class ClusterLegend {
  readonly element = h("div", {});
  readonly #map: MapView;
  readonly #onTrack: (track: number) => void;

  constructor(map: MapView, onTrack: (track: number) => void) {
    this.#map = map;
    this.#onTrack = onTrack;
  }

  show(scene: TrackScene | undefined): void {
    const clusters = scene?.clusters;
    if (scene === undefined || clusters === undefined) {
      fill(this.element, h("p", { class: "hint" }, "Click a track to see those like it."));
      return;
    }
    const rows = [...scene.sizes()].map(([label, size]) =>
      this.#rowOf(scene, label, size, label < 0 ? -1 : (clusters.medoids[label] ?? -1)),
    );
    fill(
      this.element,
      h("ul", { class: "legend" }, ...rows),
      h(
        "p",
        { class: "hint" },
        "Thick lines are the tracks in the middle of each cluster. Click a track to see those like it.",
      ),
    );
  }

  #rowOf(scene: TrackScene, label: number, size: number, medoid: number): HTMLElement {
    const name = label < 0 ? "No cluster" : `Cluster ${label + 1}`;
    const box = h("input", {
      type: "checkbox",
      checked: !scene.hidden.has(label),
      onchange: () => {
        if (box.checked) scene.hidden.delete(label);
        else scene.hidden.add(label);
        this.#map.redraw();
      },
    });
    const swatch = h("span", { class: "swatch", "aria-hidden": "true" });
    swatch.style.background = clusterColor(label, this.#map.palette);
    return h(
      "li",
      {},
      h("label", {}, box, swatch, `${name}`, h("span", { class: "count" }, size.toLocaleString("en"))),
      medoid >= 0
        ? button("Middle", () => this.#onTrack(medoid), {
            class: "quiet",
            "aria-label": `Show the track in the middle of ${name.toLowerCase()}`,
          })
        : null,
    );
  }
}

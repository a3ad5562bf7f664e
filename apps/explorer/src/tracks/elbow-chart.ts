import { fill, h, svg } from "../foundation/dom.js";
import type { Elbow } from "./api.js";

const [WIDTH, HEIGHT] = [300, 96];
const [LEFT, RIGHT, TOP, BOTTOM] = [8, 8, 10, 20];

/** The curve of errors over k, with its elbow and the k that is chosen; a click on it chooses another. */
export class ElbowChart {
  readonly element = h("figure", { class: "chart", hidden: true });
  readonly #onChoose: (k: number) => void;

  constructor(onChoose: (k: number) => void) {
    this.#onChoose = onChoose;
  }

  clear(): void {
    this.element.hidden = true;
  }

  show({ ks, errors, elbow }: Elbow, chosen: number): void {
    this.element.hidden = ks.length === 0;
    if (ks.length === 0) return;
    const [first, last] = [ks[0]!, ks.at(-1)!];
    const highest = Math.max(...errors);
    const x = (k: number) => LEFT + ((k - first) / Math.max(1, last - first)) * (WIDTH - LEFT - RIGHT);
    const y = (error: number) => TOP + (1 - error / (highest || 1)) * (HEIGHT - TOP - BOTTOM);
    const line = ks.map((k, i) => `${x(k).toFixed(1)},${y(errors[i]!).toFixed(1)}`).join(" ");
    const at = ks.indexOf(chosen);
    const words =
      elbow === undefined
        ? "The curve has no clear elbow: no number of clusters stands out."
        : `Elbow at ${elbow} clusters.`;
    const drawing = svg(
      "svg",
      {
        viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
        role: "img",
        "aria-label": `Summed distance to the cluster centres, for ${first} to ${last} clusters. ${words}`,
      },
      svg("polyline", { points: line, class: "chart-line" }),
      ...ks.map((k, i) =>
        svg("circle", {
          cx: x(k),
          cy: y(errors[i]!),
          r: k === elbow ? 4 : 2,
          class: k === elbow ? "chart-elbow" : "chart-dot",
        }),
      ),
      at >= 0 &&
        svg("line", { x1: x(chosen), x2: x(chosen), y1: TOP - 4, y2: HEIGHT - BOTTOM, class: "chart-mark" }),
      ...ks
        .filter((k) => k === first || k === last || k === elbow)
        .map((k) =>
          svg(
            "text",
            { x: x(k), y: HEIGHT - 5, "text-anchor": k === first ? "start" : k === last ? "end" : "middle" },
            k,
          ),
        ),
    );
    drawing.addEventListener("click", (event) => {
      const box = drawing.getBoundingClientRect();
      const share = ((event.clientX - box.left) / box.width) * WIDTH;
      const nearest = ks.reduce(
        (best, k) => (Math.abs(x(k) - share) < Math.abs(x(best) - share) ? k : best),
        first,
      );
      this.#onChoose(nearest);
    });
    fill(this.element, drawing, h("figcaption", {}, words));
  }
}

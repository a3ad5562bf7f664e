import { button, h, svg } from "../foundation/dom.js";
import { metersInWords } from "../foundation/plain-words.js";
import { clusterColor, type Palette } from "../map/colors.js";
import type { PlaceHit } from "./api.js";

const PART_NAMES = ["near", "alike", "rated"] as const;

/** The answers, each with what its score is made of. */
export function hitList(
  hits: readonly PlaceHit[],
  {
    kindNames,
    palette,
    addressOf,
    onShow,
  }: {
    readonly kindNames: readonly string[];
    readonly palette: Palette;
    /** Where a photo can be shown from. */
    readonly addressOf: (hit: PlaceHit & { readonly photo: Blob }) => string;
    readonly onShow: (hit: PlaceHit) => void;
  },
): HTMLElement {
  return h(
    "ol",
    { class: "answers" },
    ...hits.map((hit, i) =>
      h(
        "li",
        {},
        hit.photo === undefined
          ? madeUpPhoto(hit, palette)
          : photoOf(addressOf({ ...hit, photo: hit.photo }), hit, palette),
        h(
          "div",
          { class: "answer" },
          h(
            "div",
            { class: "answer-head" },
            button(`${i + 1}. ${hit.name}`, () => onShow(hit), { class: "quiet" }),
            h("span", { class: "count" }, hit.score.toFixed(3)),
          ),
          hit.text === ""
            ? null
            : h("p", { class: "hint" }, /[.!?…]$/.test(hit.text) ? hit.text : `${hit.text}.`),
          h(
            "p",
            { class: "facts" },
            [
              kindNames[hit.kind]!,
              metersInWords(hit.distanceMeters),
              hit.rating === undefined ? "" : `rated ${hit.rating.toFixed(1)}`,
            ]
              .filter((fact) => fact !== "")
              .join(" · "),
          ),
          scoreBar(hit),
        ),
      ),
    ),
  );
}

/** What nearness, likeness and rating add, as lengths. */
function scoreBar({ parts, score }: PlaceHit): HTMLElement {
  const words = parts.map((part, i) => `${PART_NAMES[i]} ${part.toFixed(2)}`).join(" + ");
  return h(
    "div",
    { class: "score" },
    h(
      "div",
      { class: "score-bar", role: "img", "aria-label": `Score ${score.toFixed(3)}: ${words}` },
      ...parts.map((part, i) => {
        const bar = h("span", { class: `part-${PART_NAMES[i]}` });
        bar.style.width = `${(100 * Math.max(0, part)).toFixed(1)}%`;
        return bar;
      }),
    ),
    h("span", { class: "score-words" }, words),
  );
}

/** A photo; one of a kind that the browser cannot show (HEIC, TIFF) is stood in for. */
function photoOf(address: string, hit: PlaceHit, palette: Palette): HTMLImageElement {
  const image = h("img", {
    class: "photo",
    src: address,
    alt: "",
    loading: "lazy",
    onerror: () => image.replaceWith(madeUpPhoto(hit, palette)),
  });
  return image;
}

/** A picture in place of a photo: a horizon, a sun and a shape, in the colour of the kind. */
function madeUpPhoto({ id, kind }: PlaceHit, palette: Palette): SVGSVGElement {
  const color = clusterColor(kind, palette);
  const [sun, hill] = [8 + ((id * 7) % 32), 24 + ((id * 5) % 10)];
  return svg(
    "svg",
    { viewBox: "0 0 48 48", class: "photo", "aria-hidden": "true" },
    svg("rect", { width: 48, height: 48, fill: color, opacity: 0.22 }),
    svg("circle", { cx: sun, cy: 13, r: 5, fill: color, opacity: 0.75 }),
    svg("path", {
      d: `M0 ${hill}Q${12 + (id % 9)} ${hill - 12} 24 ${hill}T48 ${hill - 3}V48H0Z`,
      fill: color,
      opacity: 0.55,
    }),
    svg("path", { d: `M0 ${hill + 9}Q16 ${hill + 2} 30 ${hill + 10}T48 ${hill + 7}V48H0Z`, fill: color }),
  );
}

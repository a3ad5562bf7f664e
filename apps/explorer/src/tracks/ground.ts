import { button, field, h, section } from "../foundation/dom.js";
import type { Page } from "../foundation/page.js";
import { errorInWords } from "../foundation/plain-words.js";
import type { MapView } from "../map/map-view.js";

/** What the map shows below the tracks: the countries, or tiles of the user's own. */
export function groundSection({ tell }: Page, map: MapView): HTMLElement {
  const input = h("input", { type: "url", placeholder: "https://…/{z}/{x}/{y}.png", autocomplete: "off" });
  return section(
    "Ground of the map",
    false,
    field(
      "Your own tiles",
      input,
      "Countries come with this page. With an address here, pictures are fetched from that server, and from no other.",
    ),
    h(
      "div",
      { class: "row" },
      button("Use", () => {
        try {
          map.setTiles(input.value.trim());
        } catch (error) {
          tell(errorInWords(error));
        }
      }),
      button("None", () => {
        input.value = "";
        map.setTiles("");
      }),
    ),
  );
}

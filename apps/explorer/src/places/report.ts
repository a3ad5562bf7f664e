import { h } from "../foundation/dom.js";
import { counted } from "../foundation/plain-words.js";
import { reasonTable } from "../foundation/reason-table.js";
import type { PlacesReport } from "./api.js";

/** What reading came to: what was kept, and what was left out and why. */
export function placesReport({ files, places, photos, skipped, mended }: PlacesReport): HTMLElement {
  const withPhotos = photos === 0 ? "" : `, ${counted(photos, "photo")} among them`;
  const row = (what: string) => (each: PlacesReport["skipped"][number]) =>
    [what, each.reason, each.count, each.firstAt] as const;
  return h(
    "div",
    { class: "report" },
    h("p", {}, `Read ${counted(places, "place")} from ${counted(files, "file")}${withPhotos}.`),
    reasonTable([...skipped.map(row("Skipped")), ...mended.map(row("Mended"))]),
  );
}

import { button, h, section } from "../foundation/dom.js";
import { saveText } from "../foundation/files.js";
import type { Page } from "../foundation/page.js";
import { errorInWords } from "../foundation/plain-words.js";
import type { WorkerCalls } from "../foundation/worker-calls.js";
import type { ExportFormat, TracksApi } from "./api.js";
import type { TrackScene } from "./scene.js";

/** Saves the tracks that are open, with their clusters. */
export function savingSection(
  { tell }: Page,
  calls: WorkerCalls<TracksApi>,
  sceneOf: () => TrackScene | undefined,
): HTMLElement {
  const save = (format: ExportFormat, type: string) => async () => {
    const scene = sceneOf();
    if (scene === undefined) return;
    try {
      const { text } = await calls.call("text", { format, labels: scene.clusters?.labels });
      saveText(`tracks.${format}`, type, text);
    } catch (error) {
      tell(errorInWords(error));
    }
  };
  return section(
    "Save",
    false,
    h("p", { class: "hint" }, "All tracks, each with the number of its cluster (from 0; −1 for none)."),
    h(
      "div",
      { class: "row" },
      button("GeoJSON", save("geojson", "application/geo+json")),
      button("GPX", save("gpx", "application/gpx+xml")),
      button("CSV", save("csv", "text/csv")),
    ),
  );
}

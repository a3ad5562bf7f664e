import { choice, field, fill, h, section } from "../foundation/dom.js";
import { dropZone, pathOf } from "../foundation/files.js";
import type { Page } from "../foundation/page.js";
import { counted } from "../foundation/plain-words.js";
import { Task } from "../foundation/task.js";
import type { WorkerCalls } from "../foundation/worker-calls.js";
import type { LoadedTracks, SampleName, TracksApi } from "./api.js";
import { reportElement } from "./report.js";

const ACCEPT =
  ".gpx,.kml,.kmz,.tcx,.fit,.plt,.nmea,.igc,.geojson,.json,.geojsonl,.ndjson,.csv,.tsv,.txt,.parquet,.geoparquet,.zip,.gz";
const SAMPLES: readonly (readonly [SampleName, string])[] = [
  ["city", "A made-up city: 600 trips"],
  ["city-large", "A made-up city: 10,000 trips"],
  ["crossing", "A made-up road crossing: 400 tracks"],
  ["crowd", "A made-up crowd of pedestrians"],
];

/** Opens tracks, the user's own or made-up ones, and tells what reading them came to. */
export class OpenControls {
  readonly element: HTMLElement;
  readonly #page: Page;
  readonly #calls: WorkerCalls<TracksApi>;
  readonly #onTracks: (loaded: LoadedTracks) => Promise<void>;
  readonly #loading: Task;
  readonly #sample: HTMLSelectElement;
  readonly #planar = h("input", { type: "checkbox" });
  readonly #summary = h("p", { class: "summary", "aria-live": "polite" });
  readonly #report = h("div", {});
  #isFirst = true;

  constructor(page: Page, calls: WorkerCalls<TracksApi>, onTracks: (loaded: LoadedTracks) => Promise<void>) {
    this.#page = page;
    this.#calls = calls;
    this.#onTracks = onTracks;
    this.#loading = new Task(page.tell);
    const none = "none" as SampleName;
    this.#sample = choice([[none, "Choose…"], ...SAMPLES], page.state.get("sample") ?? none, (name) => {
      if (name !== none) void this.openSample(name);
    });
    this.element = section(
      "Tracks",
      true,
      dropZone(
        {
          title: "Drop files or folders of tracks here",
          hint: "GPX, KML, TCX, FIT, GeoJSON, CSV, Parquet, and zips of them. They stay on this computer.",
          button: "Choose files…",
          folder: "Choose a folder…",
        },
        ACCEPT,
        true,
        (files) => void this.open(files),
      ),
      h("label", { class: "check" }, this.#planar, "Coordinates are metres, not degrees"),
      field("Or look at a sample", this.#sample),
      this.#loading.element,
      this.#summary,
      this.#report,
    );
  }

  /** The first one keeps the track that the address names. */
  async openSample(name: SampleName): Promise<void> {
    const { state } = this.#page;
    state.set({ sample: name, trip: this.#isFirst ? state.get("trip") : undefined });
    this.#sample.value = name;
    const loaded = await this.#loading.run("Making the sample", (job) =>
      this.#calls.call("sample", { name }, job),
    );
    if (loaded !== undefined) await this.#take(loaded);
  }

  async open(files: readonly File[]): Promise<void> {
    const input = {
      files: files.map((data) => ({ name: pathOf(data), data })),
      planar: this.#planar.checked,
    };
    const loaded = await this.#loading.run("Reading", (job) => this.#calls.call("read", input, job));
    if (loaded === undefined) return;
    this.#page.state.set({ sample: undefined, trip: undefined });
    this.#sample.value = "none";
    await this.#take(loaded);
  }

  async #take(loaded: LoadedTracks): Promise<void> {
    this.#isFirst = false;
    const { report, columns } = loaded;
    fill(this.#report, report === undefined ? null : reportElement(report));
    const [tracks, points] = [columns.offsets.length - 1, columns.coordinates.length / 2];
    this.#summary.textContent = `${counted(tracks, "track")}, ${counted(points, "point")}.`;
    await this.#onTracks(loaded);
  }
}

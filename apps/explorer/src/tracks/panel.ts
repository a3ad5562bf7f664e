import { button, choice, field, fill, h, section } from "../foundation/dom.js";
import { acceptDrops, dropZone, pathOf, saveText } from "../foundation/files.js";
import type { Page, Panel } from "../foundation/page.js";
import { counted, durationInWords, errorInWords, isAbort, metersInWords } from "../foundation/plain-words.js";
import { Task } from "../foundation/task.js";
import { callsOf, type WorkerCalls } from "../foundation/worker-calls.js";
import { clusterColor, type Palette } from "../map/colors.js";
import { MapView } from "../map/map-view.js";
import type { Clusters, ExportFormat, LoadedTracks, SampleName, SimilarityName, TracksApi } from "./api.js";
import { ClusterControls, legend } from "./cluster-controls.js";
import { lengthOf } from "./measure.js";
import { reportElement } from "./report.js";
import { TrackScene } from "./scene.js";
import { TimeControls } from "./time-controls.js";

const ACCEPT =
  ".gpx,.kml,.kmz,.tcx,.fit,.plt,.geojson,.json,.geojsonl,.ndjson,.csv,.tsv,.txt,.parquet,.geoparquet,.zip,.gz";
const SAMPLES: readonly (readonly [SampleName, string])[] = [
  ["city", "A made-up city: 600 trips"],
  ["city-large", "A made-up city: 10,000 trips"],
  ["crossing", "A made-up road crossing: 400 tracks"],
  ["crowd", "A made-up crowd of pedestrians"],
];
const MEASURES: readonly (readonly [SimilarityName, string])[] = [
  ["frechet", "Fréchet distance"],
  ["dtw", "Dynamic time warping"],
  ["hausdorff", "Hausdorff distance"],
];

/** The tab Tracks: opens tracks, draws, clusters, compares and saves them. */
export class TracksPanel implements Panel {
  readonly controls: HTMLElement;
  readonly stage: HTMLElement;
  readonly map: MapView;
  readonly #page: Page;
  readonly #calls: WorkerCalls<TracksApi>;
  readonly #loading: Task;
  readonly #clustering: Task;
  readonly #clusters: ClusterControls;
  readonly #time: TimeControls;
  readonly #report = h("div", {});
  readonly #legend = h("div", {});
  readonly #selection = h("div", { "aria-live": "polite" });
  readonly #summary = h("p", { class: "summary", "aria-live": "polite" });
  readonly #sample: HTMLSelectElement;
  readonly #planar = h("input", { type: "checkbox" });
  #measure: SimilarityName = "frechet";
  #scene: TrackScene | undefined;
  #onTracks: (tracks: LoadedTracks) => void = () => {};
  #loaded: LoadedTracks | undefined;

  constructor(page: Page) {
    this.#page = page;
    this.#calls = callsOf<TracksApi>(
      new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "tracks" }),
    );
    this.map = new MapView("Map of the tracks", page.tell);
    this.map.onClick = (x, y) => this.#select(this.#trackAt(x, y));
    this.map.onHover = (x, y) => this.#tipOf(this.#trackAt(x, y));
    this.stage = this.map.element;
    this.#loading = new Task(page.tell);
    this.#clustering = new Task(page.tell);
    this.#time = new TimeControls(() => this.#timeChanged());
    this.#clusters = new ClusterControls(page, this.#clustering.element, {
      onChange: () => this.#clusterSoon(),
      onRun: () => void this.#cluster(),
      onModel: (file) => void this.#clusterByModel(file),
      onClear: () => this.#setClusters(undefined),
    });
    const { state } = page;
    this.#sample = choice(
      [["none" as SampleName, "Choose…"], ...SAMPLES],
      state.get("sample") ?? ("none" as SampleName),
      (name) => {
        if ((name as string) !== "none") void this.openSample(name);
      },
    );
    this.controls = h(
      "div",
      { class: "controls" },
      section(
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
          (files) => void this.#open(files),
        ),
        h("label", { class: "check" }, this.#planar, "Coordinates are metres, not degrees"),
        field("Or look at a sample", this.#sample),
        this.#loading.element,
        this.#summary,
        this.#report,
      ),
      this.#clusters.element,
      section("On the map", true, this.#legend, this.#selection),
      this.#time.element,
      this.#saving(),
      this.#ground(),
    );
    acceptDrops(this.stage, (files) => void this.#open(files));
  }

  /** Whom to tell of the tracks that are open: another panel searches them. */
  set onTracks(listener: (tracks: LoadedTracks) => void) {
    this.#onTracks = listener;
    if (this.#loaded !== undefined) listener(this.#loaded);
  }

  /** Opens what the address asks for, or the small city. */
  async start(): Promise<void> {
    await this.openSample(this.#page.state.get("sample") ?? "city");
  }

  setPalette(palette: Palette): void {
    this.map.setPalette(palette);
    this.#showLegend();
  }

  async openSample(name: SampleName): Promise<void> {
    this.#page.state.set({
      sample: name,
      trip: this.#scene === undefined ? this.#page.state.get("trip") : undefined,
    });
    this.#sample.value = name;
    const loaded = await this.#loading.run("Making the sample", (job) =>
      this.#calls.call("sample", { name }, job),
    );
    if (loaded !== undefined) await this.#take(loaded);
  }

  async #open(files: readonly File[]): Promise<void> {
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
    this.#clustering.stop();
    const scene = new TrackScene(loaded);
    this.#scene = scene;
    this.#loaded = loaded;
    this.#onTracks(loaded);
    fill(this.#report, loaded.report === undefined ? null : reportElement(loaded.report));
    this.#summary.textContent = `${counted(scene.count, "track")}, ${counted(loaded.columns.coordinates.length / 2, "point")}.`;
    this.#clusters.showElbow(undefined);
    this.#clusters.showOutcome("", undefined);
    this.map.setLayers(
      [scene.layer],
      [
        scene.overlay,
        (context, view, palette) => {
          const moment = this.#time.moment;
          if (moment !== undefined) moment.clock.draw(context, view, palette, moment.ms);
        },
      ],
    );
    this.map.setHome(scene.lines.system, scene.lines.box!);
    this.#time.show(scene);
    this.#timeChanged();
    this.#showLegend();
    const trip = Number(this.#page.state.get("trip") ?? Number.NaN);
    this.#select(trip < scene.count ? trip : undefined);
    await this.#cluster();
  }

  #pending = 0;
  /** While a slider moves, only where it rests is computed. */
  #clusterSoon(): void {
    clearTimeout(this.#pending);
    this.#pending = window.setTimeout(() => void this.#cluster(), 250);
  }

  async #cluster(): Promise<void> {
    const scene = this.#scene;
    if (scene === undefined) return;
    const { settings } = this.#clusters;
    const made = await this.#clustering.run("Clustering", async (job) => {
      const k = settings.k === "auto" ? settings.k : Math.min(settings.k, scene.count);
      const clusters = await this.#calls.call("cluster", { ...settings, k }, job);
      this.#setClusters(clusters);
      const elbow = await this.#calls.call("elbow", { by: settings.by, max: 16 }, job);
      return { clusters, elbow };
    });
    if (made !== undefined) this.#clusters.showElbow(made.elbow);
  }

  async #clusterByModel(file: File): Promise<void> {
    const made = await this.#clustering.run("Clustering by the model", async (job) => {
      const bytes = await file.arrayBuffer();
      return this.#calls.call("model", { bytes }, { ...job, transfer: [bytes] });
    });
    if (made !== undefined) this.#setClusters(made);
  }

  #setClusters(clusters: Clusters | undefined): void {
    if (clusters === undefined) this.#clustering.stop();
    this.#scene?.setClusters(clusters);
    this.#clusters.showOutcome(clusters?.how ?? "", clusters?.k);
    this.#showLegend();
    this.#showSelection();
    this.map.redraw();
  }

  #showLegend(): void {
    const scene = this.#scene;
    const clusters = scene?.clusters;
    if (scene === undefined || clusters === undefined) {
      fill(this.#legend, h("p", { class: "hint" }, "Click a track to see those like it."));
      return;
    }
    const entries = [...scene.sizes()].map(([label, size]) => ({
      label,
      size,
      color: clusterColor(label, this.map.palette),
      medoid: label < 0 ? -1 : (clusters.medoids[label] ?? -1),
    }));
    fill(
      this.#legend,
      legend(
        entries,
        (label) => scene.hidden.has(label),
        (label, isShown) => {
          if (isShown) scene.hidden.delete(label);
          else scene.hidden.add(label);
          this.map.redraw();
        },
        (track) => this.#select(track),
      ),
      h(
        "p",
        { class: "hint" },
        "Thick lines are the tracks in the middle of each cluster. Click a track to see those like it.",
      ),
    );
  }

  #trackAt(x: number, y: number): number | undefined {
    const scene = this.#scene;
    return scene?.lines.nearest(this.map.view, x, y, 8, (track) => scene.isShown(track));
  }

  #tipOf(track: number | undefined): string | undefined {
    const scene = this.#scene;
    if (scene === undefined || track === undefined) return undefined;
    const label = scene.labelOf(track);
    return `${scene.nameOf(track)}${label < 0 ? "" : ` · cluster ${label + 1}`}`;
  }

  #searching: AbortController | undefined;
  #select(track: number | undefined): void {
    const scene = this.#scene;
    if (scene === undefined) return;
    this.#searching?.abort();
    scene.selected = track;
    scene.similar = [];
    this.#page.state.set({ trip: track === undefined ? undefined : String(track) });
    this.#showSelection();
    this.map.redraw();
    if (track !== undefined) void this.#findSimilar(scene, track);
  }

  async #findSimilar(scene: TrackScene, track: number): Promise<void> {
    const controller = new AbortController();
    this.#searching = controller;
    try {
      const input = { track, k: 5, distance: this.#measure };
      const hits = await this.#calls.call("similar", input, { signal: controller.signal });
      if (this.#scene !== scene || scene.selected !== track) return;
      scene.similar = hits.map(({ index }) => index);
      this.#showSelection(hits.map(({ index, distance }) => ({ track: index, distance })));
      this.map.refresh();
    } catch (error) {
      if (!isAbort(error)) this.#page.tell(errorInWords(error));
    }
  }

  #showSelection(hits?: readonly { readonly track: number; readonly distance: number }[]): void {
    const scene = this.#scene;
    const track = scene?.selected;
    if (scene === undefined || track === undefined) {
      fill(this.#selection);
      return;
    }
    const { meters, ms, points } = lengthOf(scene.columns, track);
    const label = scene.labelOf(track);
    const facts = [
      metersInWords(meters),
      ms === undefined ? "" : durationInWords(ms),
      counted(points, "point"),
      scene.clusters === undefined ? "" : label < 0 ? "no cluster" : `cluster ${label + 1}`,
    ].filter((part) => part !== "");
    fill(
      this.#selection,
      h("h3", {}, scene.nameOf(track)),
      h("p", {}, facts.join(" · ")),
      field(
        "Most similar by",
        choice(MEASURES, this.#measure, (value) => {
          this.#measure = value;
          void this.#findSimilar(scene, track);
        }),
      ),
      hits === undefined
        ? h("p", { class: "hint" }, scene.similar.length > 0 ? "" : "Searching…")
        : h(
            "ol",
            { class: "hits" },
            ...hits.map((hit) =>
              h(
                "li",
                {},
                button(scene.nameOf(hit.track), () => this.#select(hit.track), { class: "quiet" }),
                h("span", { class: "count" }, metersInWords(hit.distance)),
              ),
            ),
          ),
      h(
        "div",
        { class: "row" },
        button("Zoom to it", () => {
          const box = scene.lines.boxes.subarray(4 * track, 4 * track + 4);
          this.map.fit([box[0]!, box[1]!, box[2]!, box[3]!]);
        }),
        button("Show all", () => this.#select(undefined)),
      ),
    );
  }

  #timeChanged(): void {
    const scene = this.#scene;
    if (scene === undefined) return;
    const isFaint = this.#time.moment !== undefined;
    if (scene.isFaint !== isFaint) {
      scene.isFaint = isFaint;
      this.map.redraw();
    }
    this.map.refresh();
  }

  #saving(): HTMLElement {
    const save = (format: ExportFormat, type: string) => async () => {
      if (this.#scene === undefined) return;
      try {
        const { text } = await this.#calls.call("text", { format, labels: this.#scene.clusters?.labels });
        saveText(`tracks.${format}`, type, text);
      } catch (error) {
        this.#page.tell(errorInWords(error));
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

  #ground(): HTMLElement {
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
            this.map.setTiles(input.value.trim());
          } catch (error) {
            this.#page.tell(errorInWords(error));
          }
        }),
        button("None", () => {
          input.value = "";
          this.map.setTiles("");
        }),
      ),
    );
  }
}

import { h, section } from "../foundation/dom.js";
import { acceptDrops } from "../foundation/files.js";
import type { Page, Panel } from "../foundation/page.js";
import { Task } from "../foundation/task.js";
import { callsOf, type WorkerCalls } from "../foundation/worker-calls.js";
import type { Palette } from "../map/colors.js";
import { MapView } from "../map/map-view.js";
import type { Clusters, LoadedTracks, TracksApi } from "./api.js";
import { ClusterControls } from "./cluster-controls.js";
import { ClusterLegend } from "./cluster-legend.js";
import { groundSection } from "./ground.js";
import { OpenControls } from "./open-controls.js";
import { savingSection } from "./saving.js";
import { TrackScene } from "./scene.js";
import { TimeControls } from "./time-controls.js";
import { TrackSelection } from "./track-selection.js";

/** The tab Tracks: opens tracks, draws, clusters, compares and saves them. */
export class TracksPanel implements Panel {
  readonly controls: HTMLElement;
  readonly stage: HTMLElement;
  readonly map: MapView;
  readonly #page: Page;
  readonly #calls: WorkerCalls<TracksApi>;
  readonly #opening: OpenControls;
  readonly #clustering: Task;
  readonly #clusters: ClusterControls;
  readonly #legend: ClusterLegend;
  readonly #selection: TrackSelection;
  readonly #time: TimeControls;
  #scene: TrackScene | undefined;
  #onTracks: (tracks: LoadedTracks) => void = () => {};
  #loaded: LoadedTracks | undefined;

  constructor(page: Page) {
    this.#page = page;
    this.#calls = callsOf<TracksApi>(
      new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "tracks" }),
    );
    this.map = new MapView("Map of the tracks", page.tell);
    this.stage = this.map.element;
    this.#clustering = new Task(page.tell);
    this.#opening = new OpenControls(page, this.#calls, (loaded) => this.#take(loaded));
    this.#selection = new TrackSelection(page, this.map, this.#calls);
    this.#legend = new ClusterLegend(this.map, (track) => this.#selection.select(track));
    this.#time = new TimeControls(() => this.#timeChanged());
    this.#clusters = new ClusterControls(page, this.#clustering.element, {
      onChange: () => this.#clusterSoon(),
      onRun: () => void this.#cluster(),
      onModel: (file) => void this.#clusterByModel(file),
      onClear: () => this.#setClusters(undefined),
    });
    this.controls = h(
      "div",
      { class: "controls" },
      this.#opening.element,
      this.#clusters.element,
      section("On the map", true, this.#legend.element, this.#selection.element),
      this.#time.element,
      savingSection(page, this.#calls, () => this.#scene),
      groundSection(page, this.map),
    );
    acceptDrops(this.stage, (files) => void this.#opening.open(files));
  }

  /** Whom to tell of the tracks that are open: another panel searches them. */
  set onTracks(listener: (tracks: LoadedTracks) => void) {
    this.#onTracks = listener;
    if (this.#loaded !== undefined) listener(this.#loaded);
  }

  /** Opens what the address asks for, or the small city. */
  async start(): Promise<void> {
    await this.#opening.openSample(this.#page.state.get("sample") ?? "city");
  }

  setPalette(palette: Palette): void {
    this.map.setPalette(palette);
    this.#legend.show(this.#scene);
  }

  async #take(loaded: LoadedTracks): Promise<void> {
    this.#clustering.stop();
    const scene = new TrackScene(loaded);
    this.#scene = scene;
    this.#loaded = loaded;
    this.#onTracks(loaded);
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
    this.#legend.show(scene);
    this.#selection.setScene(scene);
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
    this.#legend.show(this.#scene);
    this.#selection.show();
    this.map.redraw();
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
}

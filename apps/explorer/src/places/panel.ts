import { button, choice, field, fill, h, section } from "../foundation/dom.js";
import { acceptDrops, dropZone, pathOf } from "../foundation/files.js";
import type { Page, Panel } from "../foundation/page.js";
import { counted, errorInWords, metersInWords } from "../foundation/plain-words.js";
import { Task } from "../foundation/task.js";
import { callsOf, type WorkerCalls } from "../foundation/worker-calls.js";
import { clusterColor, type Palette } from "../map/colors.js";
import { MapView } from "../map/map-view.js";
import { fromWorld, toWorld } from "../map/view.js";
import type { PlaceAnswer, PlaceHit, Places, PlacesApi } from "./api.js";
import { AskControls } from "./ask-controls.js";
import { hitList } from "./hit-list.js";
import { drawAnswers, PlaceDots } from "./place-layer.js";
import { placesReport } from "./report.js";

const START_WORDS = "old books and green tea";
const ACCEPT = ".jpg,.jpeg,.png,.webp,.heic,.heif,.tif,.tiff,.avif,.csv,.tsv,.geojson,.geojsonl,.json,.txt";

/** The tab Photos and places: words, a place, and how much each counts; answers change while they move. */
export class PlacesPanel implements Panel {
  readonly controls: HTMLElement;
  readonly stage: HTMLElement;
  readonly #page: Page;
  readonly #map: MapView;
  readonly #task: Task;
  readonly #ask: AskControls;
  readonly #count: HTMLSelectElement;
  readonly #report = h("div", {});
  readonly #kinds = h("ul", { class: "legend" });
  readonly #answers = h("div", {});
  readonly #status = h("p", { class: "hint", "aria-live": "polite" });
  readonly #reach = h("p", { class: "hint" });
  /** Addresses of photos that were shown, by number. */
  readonly #addresses = new Map<number, string>();
  #calls: WorkerCalls<PlacesApi> | undefined;
  #here: readonly [number, number] = [0, 0];
  #places: Places | undefined;
  #answer: PlaceAnswer | undefined;
  #isSearching = false;
  #isWanted = false;

  constructor(page: Page) {
    this.#page = page;
    const { state } = page;
    this.#map = new MapView("Map of the places", page.tell);
    this.#map.onClick = (x, y, view) => this.#stand(fromWorld("lonlat", ...view.worldAt(x, y)));
    this.stage = this.#map.element;
    this.#task = new Task(page.tell);
    this.#ask = new AskControls(page, START_WORDS, () => void this.#search());
    this.#count = choice(
      [
        ["", "Choose…"],
        ["2000", "2,000 made-up places"],
        ["100000", "100,000 made-up places"],
      ],
      state.get("places") ?? "2000",
      (value) => {
        if (value === "") return;
        state.set({ places: value as "2000" | "100000" });
        void this.#make();
      },
    );
    const onFiles = (files: File[]) => void this.#open(files);
    this.controls = h(
      "div",
      { class: "controls" },
      this.#ask.element,
      section(
        "Answers",
        true,
        this.#status,
        this.#reach,
        button("Zoom to the answers", () => this.#zoom()),
        this.#answers,
      ),
      section(
        "Places",
        true,
        dropZone(
          {
            title: "Drop your photos, or a list of places",
            hint: "Photos that know where they were taken, CSV with lon and lat, GeoJSON. They stay on this computer.",
            button: "Choose files…",
            folder: "Choose a folder…",
          },
          ACCEPT,
          true,
          onFiles,
        ),
        field(
          "Or look at made-up ones",
          this.#count,
          "Words are understood by the descriptions alone (made-up places: 16 topics, LDA; your own: by their letters): nothing is downloaded.",
        ),
        this.#task.element,
        this.#report,
        this.#kinds,
      ),
    );
    acceptDrops(this.stage, onFiles);
  }

  setPalette(palette: Palette): void {
    this.#map.setPalette(palette);
    this.#showKinds();
    if (this.#answer !== undefined) this.#showAnswer(this.#answer);
  }

  /** Makes the places when the tab is first opened. */
  show(): void {
    if (this.#places === undefined && !this.#task.isRunning) void this.#make();
  }

  #stand(position: readonly [number, number]): void {
    this.#here = position;
    this.#page.state.set({ at: position.map((value) => value.toFixed(5)).join(",") });
    this.#map.refresh();
    void this.#search();
  }

  /** Shows where one stands and all answers. */
  #zoom(): void {
    const all = [this.#here, ...(this.#answer?.hits ?? []).map(({ position }) => position)];
    const world = all.map(([lon, lat]) => toWorld("lonlat", lon, lat));
    const [xs, ys] = [world.map(([x]) => x), world.map(([, y]) => y)];
    this.#map.fit([Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)]);
  }

  get #worker(): WorkerCalls<PlacesApi> {
    this.#calls ??= callsOf<PlacesApi>(
      new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "places" }),
    );
    return this.#calls;
  }

  async #make(): Promise<void> {
    const count = Number(this.#page.state.get("places") ?? "2000");
    const places = await this.#task.run("Places", (job) => this.#worker.call("make", { count }, job));
    if (places === undefined) return;
    const wereGiven = this.#places?.report !== undefined;
    if (wereGiven) this.#page.state.set({ at: undefined, kind: undefined, rating: undefined });
    await this.#take(places, this.#places === undefined || wereGiven);
  }

  async #open(files: readonly File[]): Promise<void> {
    const input = { files: files.map((data) => ({ name: pathOf(data), data })) };
    const places = await this.#task.run("Reading", (job) => this.#worker.call("open", input, job));
    if (places === undefined) return;
    // An address cannot hold someone's files.
    this.#page.state.set({ places: undefined, at: undefined, kind: undefined, rating: undefined });
    this.#count.value = "";
    this.#ask.setWords("");
    await this.#take(places, true);
  }

  async #take(places: Places, isElsewhere: boolean): Promise<void> {
    this.#places = places;
    this.#answer = undefined;
    for (const address of this.#addresses.values()) URL.revokeObjectURL(address);
    this.#addresses.clear();
    const asked = this.#page.state.get("at")?.split(",").map(Number) as [number, number] | undefined;
    if (isElsewhere) this.#here = asked ?? places.here;
    this.#ask.offer(places);
    fill(this.#report, places.report === undefined ? null : placesReport(places.report));
    this.#reach.textContent = `Nearness falls to 37 % at ${metersInWords(places.scaleMeters)}.`;
    this.#showKinds();
    const dots = new PlaceDots(places);
    this.#map.setLayers(
      [dots.layer],
      [(context, view, palette) => drawAnswers(context, view, palette, this.#here, this.#answer?.hits ?? [])],
    );
    if (isElsewhere) this.#map.setHome("lonlat", dots.box);
    await this.#search();
  }

  #showKinds(): void {
    fill(
      this.#kinds,
      ...(this.#places?.kindNames ?? []).map((name, i) => {
        const swatch = h("span", { class: "swatch", "aria-hidden": "true" });
        swatch.style.background = clusterColor(i, this.#map.palette);
        return h("li", {}, swatch, name);
      }),
    );
  }

  /** Answers the newest question; those between are passed over while one is answered. */
  async #search(): Promise<void> {
    this.#isWanted = true;
    if (this.#places === undefined || this.#isSearching) return;
    this.#isSearching = true;
    try {
      while (this.#isWanted) {
        this.#isWanted = false;
        const asked: Places = this.#places;
        const answer = await this.#worker.call("search", this.#ask.query(this.#here));
        // Other places may have come meanwhile: they are asked next.
        if (this.#places === asked) this.#showAnswer(answer);
      }
    } catch (error) {
      this.#page.tell(errorInWords(error));
    } finally {
      this.#isSearching = false;
    }
  }

  #showAnswer(answer: PlaceAnswer): void {
    this.#answer = answer;
    const { hits, unknown, isMeaningful, milliseconds } = answer;
    const ratings = this.#places?.ratings === undefined ? "nearness decides" : "nearness and rating decide";
    const said = [
      hits.length === 0
        ? "Nothing fits these conditions."
        : `The best ${counted(hits.length, "place")}, found in ${milliseconds.toFixed(1)} ms.`,
      unknown.length > 0 ? `Not in any description: ${unknown.join(", ")}.` : "",
      isMeaningful ? "" : `No word counts, so ${ratings}.`,
    ];
    this.#status.textContent = said.filter((part) => part !== "").join(" ");
    fill(
      this.#answers,
      hitList(hits, {
        kindNames: this.#places?.kindNames ?? [],
        palette: this.#map.palette,
        addressOf: (hit) => this.#addressOf(hit),
        onShow: ({ position }) => {
          const [x, y] = toWorld("lonlat", ...position);
          this.#map.fit([x - 2e-6, y - 2e-6, x + 2e-6, y + 2e-6]);
        },
      }),
    );
    this.#map.refresh();
  }

  #addressOf({ id, photo }: PlaceHit & { readonly photo: Blob }): string {
    const known = this.#addresses.get(id);
    if (known !== undefined) return known;
    const address = URL.createObjectURL(photo);
    this.#addresses.set(id, address);
    return address;
  }
}

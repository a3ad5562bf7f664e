import { button, choice, field, fill, h, section, slider } from "../foundation/dom.js";
import type { Page, Panel } from "../foundation/page.js";
import { counted, errorInWords } from "../foundation/plain-words.js";
import { Task } from "../foundation/task.js";
import { callsOf, type WorkerCalls } from "../foundation/worker-calls.js";
import { clusterColor, type Palette } from "../map/colors.js";
import { MapView } from "../map/map-view.js";
import { fromWorld, toWorld } from "../map/view.js";
import { type Kind, kinds, type PlaceAnswer, type PlaceQuery, type PlacesApi } from "./api.js";
import { hitList } from "./hit-list.js";
import { drawAnswers, PlaceDots } from "./place-layer.js";

const HERE = [13.7415, 51.0519] as const;
const START_WORDS = "old books and green tea";
const EXAMPLES = ["sunset over the river", "live music at night", "playground for children", "roman coins"];

/** The tab Photos and places: words, a place, and how much each counts; answers change while they move. */
export class PlacesPanel implements Panel {
  readonly controls: HTMLElement;
  readonly stage: HTMLElement;
  readonly #page: Page;
  readonly #map: MapView;
  readonly #task: Task;
  readonly #words: HTMLInputElement;
  readonly #answers = h("div", {});
  readonly #status = h("p", { class: "hint", "aria-live": "polite" });
  readonly #mu;
  readonly #rating;
  readonly #weight;
  #calls: WorkerCalls<PlacesApi> | undefined;
  #here: readonly [number, number];
  #answer: PlaceAnswer | undefined;
  #isReady = false;
  #isSearching = false;
  #isWanted = false;

  constructor(page: Page) {
    this.#page = page;
    const { state } = page;
    this.#here = (state.get("at")?.split(",").map(Number) as [number, number] | undefined) ?? HERE;
    this.#map = new MapView("Map of the places", page.tell);
    this.#map.onClick = (x, y, view) => this.#stand(fromWorld("lonlat", ...view.worldAt(x, y)));
    this.stage = this.#map.element;
    this.#task = new Task(page.tell);
    this.#words = h("input", {
      type: "search",
      value: state.get("words") ?? START_WORDS,
      maxlength: 200,
      autocomplete: "off",
      oninput: () => {
        state.set({ words: this.#words.value });
        void this.#search();
      },
    });
    const share = (value: number) => `${Math.round(100 * value)} %`;
    const knob = (name: "mu" | "weight" | "rating") => (value: number) => {
      state.set({ [name]: String(value) });
      void this.#search();
    };
    const start = (name: "mu" | "weight" | "rating", otherwise: number, most: number) =>
      Math.min(most, Number(state.get(name) ?? otherwise));
    this.#mu = slider(
      "Near or alike (μ)",
      { min: 0, max: 1, step: 0.01, value: start("mu", 0.5, 1) },
      (value) => `${share(value)} near`,
      knob("mu"),
    );
    this.#weight = slider(
      "Weight of the rating",
      { min: 0, max: 0.9, step: 0.01, value: start("weight", 0.1, 0.9) },
      share,
      knob("weight"),
    );
    this.#rating = slider(
      "Rated at least",
      { min: 1, max: 5, step: 0.1, value: start("rating", 1, 5) },
      (value) => value.toFixed(1),
      knob("rating"),
    );
    const kind = choice(
      [["", "Any kind"], ...kinds.map((each) => [each, each] as const)],
      this.#kind ?? "",
      (value) => {
        state.set({ kind: value === "" ? undefined : value });
        void this.#search();
      },
    );
    const count = choice(
      [
        ["2000", "2,000 places"],
        ["100000", "100,000 places"],
      ],
      state.get("places") ?? "2000",
      (value) => {
        state.set({ places: value });
        void this.#make();
      },
    );
    this.controls = h(
      "div",
      { class: "controls" },
      section(
        "What and where",
        true,
        field("Words", this.#words),
        h(
          "div",
          { class: "row" },
          ...EXAMPLES.map((words) => button(words, () => this.#ask(words), { class: "chip" })),
        ),
        this.#mu.element,
        field("Only", kind),
        this.#rating.element,
        this.#weight.element,
        h("p", { class: "hint" }, "Click the map to stand somewhere else; Enter takes its middle."),
      ),
      section(
        "Answers",
        true,
        this.#status,
        button("Zoom to the answers", () => this.#zoom()),
        this.#answers,
      ),
      section(
        "Places",
        true,
        field(
          "Made-up places",
          count,
          "Their descriptions are all the encoder learns from (LDA, 16 topics): nothing is downloaded.",
        ),
        this.#task.element,
        h("ul", { class: "legend", id: "kinds" }),
      ),
    );
  }

  get #kind(): Kind | undefined {
    return kinds.find((kind) => kind === this.#page.state.get("kind"));
  }

  setPalette(palette: Palette): void {
    this.#map.setPalette(palette);
    fill(
      this.controls.querySelector("#kinds")!,
      ...kinds.map((name, i) => {
        const swatch = h("span", { class: "swatch", "aria-hidden": "true" });
        swatch.style.background = clusterColor(i, palette);
        return h("li", {}, swatch, name);
      }),
    );
    if (this.#answer !== undefined) this.#showAnswer(this.#answer);
  }

  /** Makes the places when the tab is first opened. */
  show(): void {
    if (!this.#isReady && !this.#task.isRunning) void this.#make();
  }

  #ask(words: string): void {
    this.#words.value = words;
    this.#page.state.set({ words });
    void this.#search();
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

  async #make(): Promise<void> {
    this.#calls ??= callsOf<PlacesApi>(
      new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "places" }),
    );
    const calls = this.#calls;
    const count = Number(this.#page.state.get("places") ?? "2000");
    const places = await this.#task.run("Places", (job) => calls.call("make", { count }, job));
    if (places === undefined) return;
    const dots = new PlaceDots(places);
    this.#map.setLayers(
      [dots.layer],
      [(context, view, palette) => drawAnswers(context, view, palette, this.#here, this.#answer?.hits ?? [])],
    );
    if (!this.#isReady) this.#map.setHome("lonlat", dots.box);
    this.#isReady = true;
    await this.#search();
  }

  /** Answers the newest question; those between are passed over while one is answered. */
  async #search(): Promise<void> {
    this.#isWanted = true;
    if (!this.#isReady || this.#isSearching) return;
    this.#isSearching = true;
    try {
      while (this.#isWanted) {
        this.#isWanted = false;
        const query: PlaceQuery = {
          words: this.#words.value,
          position: this.#here,
          mu: this.#mu.input.valueAsNumber,
          kind: this.#kind,
          minRating: this.#rating.input.valueAsNumber,
          ratingWeight: this.#weight.input.valueAsNumber,
        };
        this.#showAnswer(await this.#calls!.call("search", query));
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
    const said = [
      hits.length === 0
        ? "Nothing fits these conditions."
        : `The best ${counted(hits.length, "place")}, found in ${milliseconds.toFixed(1)} ms.`,
      unknown.length > 0 ? `Not in any description: ${unknown.join(", ")}.` : "",
      isMeaningful ? "" : "No word counts, so nearness and rating decide.",
    ];
    this.#status.textContent = said.filter((part) => part !== "").join(" ");
    fill(
      this.#answers,
      hitList(hits, this.#map.palette, ({ position }) => {
        const [x, y] = toWorld("lonlat", ...position);
        this.#map.fit([x - 2e-6, y - 2e-6, x + 2e-6, y + 2e-6]);
      }),
    );
    this.#map.refresh();
  }
}

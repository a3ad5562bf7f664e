import { button, field, fill, h, section } from "../foundation/dom.js";
import { acceptDrops, dropZone } from "../foundation/files.js";
import type { Page, Panel } from "../foundation/page.js";
import { counted, errorInWords } from "../foundation/plain-words.js";
import { Task } from "../foundation/task.js";
import { callsOf, type WorkerCalls } from "../foundation/worker-calls.js";
import type { Palette } from "../map/colors.js";
import { MapView } from "../map/map-view.js";
import { fromWorld } from "../map/view.js";
import type { LoadedTracks } from "../tracks/api.js";
import { TrackScene } from "../tracks/scene.js";
import type { PictureApi, PictureFound, Pixels, Sides } from "./api.js";
import { PictureView, pixelsOf } from "./picture-view.js";

const SIDE_NAMES = ["West", "South", "East", "North"] as const;

/** The tab Which track: a picture of a map, and the track that it shows. */
export class PicturePanel implements Panel {
  readonly controls: HTMLElement;
  readonly stage: HTMLElement;
  readonly #page: Page;
  readonly #map: MapView;
  readonly #picture = new PictureView();
  readonly #task: Task;
  readonly #sides: HTMLInputElement[];
  readonly #outcome = h("div", { "aria-live": "polite" });
  readonly #tracksNote = h("p", { class: "summary" });
  #calls: WorkerCalls<PictureApi> | undefined;
  #loaded: LoadedTracks | undefined;
  #scene: TrackScene | undefined;
  #sent: LoadedTracks | undefined;
  #pixels: Pixels | undefined;
  #found: PictureFound | undefined;
  #samples = 0;
  /** Whether the sides are those of a made-up map. */
  #hasSampleSides = false;

  constructor(page: Page) {
    this.#page = page;
    this.#map = new MapView("Map of the tracks that are searched", page.tell);
    this.#task = new Task(page.tell);
    this.#sides = SIDE_NAMES.map(() => h("input", { type: "number", step: "any", autocomplete: "off" }));
    this.stage = h(
      "div",
      { class: "split" },
      this.#picture.element,
      h("div", { class: "split-map" }, this.#map.element),
    );
    const onFiles = (files: File[]) => void this.#open(files[0]!);
    acceptDrops(this.#picture.element, onFiles);
    this.controls = h(
      "div",
      { class: "controls" },
      section(
        "Picture",
        true,
        dropZone(
          {
            title: "Drop a screenshot of a map here",
            hint: "A picture with a line on it: of an app, a web map, a drawing. It stays on this computer.",
            button: "Choose a picture…",
          },
          "image/*",
          false,
          onFiles,
        ),
        button("Or try a made-up map with one of the tracks", () => void this.#trySample()),
        this.#tracksNote,
        button("Find the track", () => void this.#find(), { class: "primary" }),
        this.#task.element,
      ),
      section("Found", true, this.#outcome),
      section(
        "Where the picture’s sides lie",
        true,
        h(
          "p",
          { class: "hint" },
          "Left empty, tracks of the line’s shape are looked for anywhere; with them, much less is mistaken.",
        ),
        h("div", { class: "sides" }, ...this.#sides.map((input, i) => field(SIDE_NAMES[i]!, input))),
        h(
          "div",
          { class: "row" },
          button("Mark on the map", () => this.#mark()),
          button("Unknown", () => {
            for (const input of this.#sides) input.value = "";
          }),
        ),
      ),
    );
    fill(
      this.#outcome,
      h("p", { class: "hint" }, "What is found stands here, and is drawn over the picture."),
    );
  }

  setPalette(palette: Palette): void {
    this.#map.setPalette(palette);
  }

  /** The tracks that are searched: those of the tab Tracks. */
  setTracks(loaded: LoadedTracks): void {
    this.#loaded = loaded;
    this.#found = undefined;
    if (this.#pixels !== undefined) this.#askToFind();
    const scene = new TrackScene(loaded);
    this.#scene = scene;
    this.#tracksNote.textContent = `Searched: ${counted(scene.count, "track")} of the tab Tracks.`;
    this.#map.setLayers([scene.layer], [scene.overlay]);
    this.#map.setHome(scene.lines.system, scene.lines.box!);
  }

  async #ready(): Promise<WorkerCalls<PictureApi>> {
    const loaded = this.#loaded;
    if (loaded === undefined) throw new Error("Tracks must be opened first, in the tab Tracks.");
    this.#calls ??= callsOf<PictureApi>(
      new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "picture" }),
    );
    if (this.#sent !== loaded) {
      await this.#calls.call("tracks", { columns: loaded.columns });
      this.#sent = loaded;
    }
    return this.#calls;
  }

  async #open(file: File): Promise<void> {
    try {
      this.#show(await pixelsOf(file), file.name);
    } catch (error) {
      this.#page.tell(errorInWords(error));
    }
  }

  #show(pixels: Pixels, words: string): void {
    this.#pixels = pixels;
    this.#found = undefined;
    this.#picture.show(pixels, words);
    if (this.#hasSampleSides) for (const input of this.#sides) input.value = "";
    this.#hasSampleSides = false;
    this.#askToFind();
    this.#stand([], undefined);
  }

  #askToFind(): void {
    fill(this.#outcome, h("p", { class: "hint" }, "“Find the track” says what the picture shows."));
  }

  async #trySample(): Promise<void> {
    const made = await this.#task.run("Drawing a map", async () => {
      const calls = await this.#ready();
      // Another track each time.
      const track = (131 * ++this.#samples) % this.#scene!.count;
      return calls.call("sample", { track });
    });
    if (made === undefined) return;
    this.#show(made.pixels, "A made-up map that shows one of the tracks");
    this.#setSides(made.sides);
    this.#hasSampleSides = true;
    await this.#find();
  }

  #setSides(sides: Sides): void {
    for (const [i, input] of this.#sides.entries()) input.value = String(Number(sides[i]!.toFixed(6)));
  }

  /** @throws {Error} some sides given, but not all, or no numbers */
  #readSides(): Sides | undefined {
    const values = this.#sides.map((input) =>
      input.validity.badInput ? Number.NaN : input.value.trim() === "" ? undefined : input.valueAsNumber,
    );
    if (values.every((value) => value === undefined)) return undefined;
    if (values.some((value) => value === undefined || !Number.isFinite(value))) {
      throw new Error("All four sides must be numbers, or all four left empty.");
    }
    return values as unknown as Sides;
  }

  #mark(): void {
    this.#page.tell("Drag a box on the map: what the picture shows.");
    this.#map.askForBox(([minX, minY, maxX, maxY]) => {
      const { system } = this.#map.view;
      this.#setSides([...fromWorld(system, minX, maxY), ...fromWorld(system, maxX, minY)]);
    });
  }

  async #find(): Promise<void> {
    const pixels = this.#pixels;
    const loaded = this.#loaded;
    if (pixels === undefined) {
      this.#page.tell("A picture must be chosen first.");
      return;
    }
    const found = await this.#task.run("Searching", async (job) => {
      const sides = this.#readSides();
      return (await this.#ready()).call("find", { pixels, sides }, job);
    });
    // Hits are numbers of the tracks that were searched.
    if (found === undefined || this.#pixels !== pixels || this.#loaded !== loaded) return;
    this.#found = found;
    this.#choose(0);
  }

  #choose(chosen: number): void {
    const found = this.#found!;
    this.#picture.draw(found, chosen);
    this.#stand(
      found.hits.map(({ index }) => index),
      found.hits[chosen]?.index,
    );
    fill(
      this.#outcome,
      h("p", { class: "verdict" }, verdict(found)),
      found.by === "shape" &&
        h(
          "p",
          { class: "hint" },
          "Found by shape alone, since the picture’s sides are unknown: many tracks look alike.",
        ),
      h(
        "ol",
        { class: "hits" },
        ...found.hits.map((hit, i) =>
          h(
            "li",
            { "aria-current": i === chosen ? "true" : undefined },
            button(this.#scene!.nameOf(hit.index), () => this.#choose(i), { class: "quiet" }),
            h("meter", {
              min: 0,
              max: 1,
              value: hit.overlap,
              "aria-label": `Agreement with the picture: ${hit.overlap.toFixed(2)}`,
            }),
            h("span", { class: "count" }, hit.overlap.toFixed(2)),
          ),
        ),
      ),
      h(
        "p",
        { class: "hint" },
        "Dots are the line as it was read; the pink line is the track that is chosen. The number is how far both fall together, 0 to 1.",
      ),
    );
  }

  /** Makes tracks stand out on the map. */
  #stand(hits: readonly number[], chosen: number | undefined): void {
    const scene = this.#scene;
    if (scene === undefined) return;
    scene.similar = hits.filter((hit) => hit !== chosen);
    scene.selected = chosen;
    this.#map.redraw();
    if (chosen === undefined) return;
    const box = scene.lines.boxes.subarray(4 * chosen, 4 * chosen + 4);
    this.#map.fit([box[0]!, box[1]!, box[2]!, box[3]!]);
  }
}

/** How sure the answer is. Tracks that look alike share the probability of what they have in common. */
function verdict({ hits, confidence }: Pick<PictureFound, "hits" | "confidence">): string {
  if (hits.length === 0) return "No line was seen in the picture.";
  const percent = (share: number) => `${Math.round(100 * share)} %`;
  const sure = `first is right with a probability of ${percent(confidence)}.`;
  if (confidence >= 0.5) return `The ${sure}`;
  const any = hits.reduce((sum, { score }) => sum + score, 0);
  return any >= 0.5
    ? `One of these with a probability of ${percent(any)}, since they look alike: the ${sure}`
    : `Probably none of these: the ${sure}`;
}

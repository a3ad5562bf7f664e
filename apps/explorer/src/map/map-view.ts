import { button, h } from "../foundation/dom.js";
import { drawCountries, loadCountries } from "./base-map.js";
import { type Palette, palettes } from "./colors.js";
import { drawGrid, drawScaleBar } from "./grid.js";
import { type DragBox, MapInput } from "./map-input.js";
import { MapPicture } from "./map-picture.js";
import { Tiles } from "./tiles.js";
import { type Box, type System, View } from "./view.js";

/** Something on the map that may take long to draw: it yields often, and goes on in the next frame. */
export type Layer = (context: CanvasRenderingContext2D, view: View, palette: Palette) => Generator<void>;
/** Something light that is drawn anew in each frame, above the layers. */
export type Overlay = (context: CanvasRenderingContext2D, view: View, palette: Palette) => void;

/** A map on a canvas: layers in a picture that is drawn beside, overlays above it, moved by its {@link MapInput}. */
export class MapView {
  readonly element: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  view: View;
  onClick: ((x: number, y: number, view: View) => void) | undefined;
  onHover: ((x: number, y: number, view: View) => string | undefined) | undefined;
  readonly #context: CanvasRenderingContext2D;
  readonly #input: MapInput;
  readonly #picture = new MapPicture((context, view) => this.#drawLayers(context, view));
  #frame = 0;
  #home: Box;
  #layers: readonly Layer[] = [];
  #overlays: readonly Overlay[] = [];
  #palette: Palette = palettes.light;
  #tiles: Tiles | undefined;
  readonly #tell: (message: string) => void;

  constructor(label: string, tell: (message: string) => void) {
    this.#tell = tell;
    this.canvas = h("canvas", {
      class: "map-canvas",
      tabindex: 0,
      role: "application",
      "aria-roledescription": "map",
      "aria-label": `${label}. Arrow keys move it, plus and minus zoom, 0 shows everything, Enter chooses what is in the middle.`,
    });
    this.#context = this.canvas.getContext("2d")!;
    this.#home = [0, 0.15, 1, 0.7];
    this.view = View.around("lonlat", 600, 400, this.#home, 0);
    this.#input = new MapInput(this);
    this.element = h("div", { class: "map" }, this.canvas, this.#input.tip, this.#buttons());
    new ResizeObserver(() => this.#resize()).observe(this.element);
  }

  get palette(): Palette {
    return this.#palette;
  }

  setPalette(palette: Palette): void {
    this.#palette = palette;
    this.redraw();
  }

  /** What is drawn: slow things below, light things above. */
  setLayers(layers: readonly Layer[], overlays: readonly Overlay[]): void {
    this.#layers = layers;
    this.#overlays = overlays;
    this.redraw();
  }

  /** Uses a map service's pictures as the ground, or none. @throws {Error} an address that is none */
  setTiles(template: string): void {
    this.#tiles = template === "" ? undefined : new Tiles(template, () => this.redraw());
    this.redraw();
  }

  /** Where everything lies; shown at once. */
  setHome(system: System, box: Box): void {
    this.#home = box;
    this.show(View.around(system, this.view.width, this.view.height, box));
  }

  fit(box = this.#home): void {
    this.show(View.around(this.view.system, this.view.width, this.view.height, box));
  }

  show(view: View): void {
    this.view = view;
    this.#schedule();
  }

  /** The next drag draws a box rather than moving the map. */
  askForBox(onBox: (box: Box) => void): void {
    this.#input.askForBox(onBox);
  }

  /** Draws layers anew. */
  redraw(): void {
    this.#picture.makeStale();
    this.#schedule();
  }

  /** Draws overlays anew. */
  refresh(): void {
    this.#schedule();
  }

  /** Whether the last finished picture is of the present view: for tests and for pictures of the page. */
  get isSettled(): boolean {
    return this.#picture.isOf(this.view);
  }

  #buttons(): HTMLElement {
    const named = (sign: string, label: string, act: () => void) =>
      button(sign, act, { "aria-label": label, title: label });
    return h(
      "div",
      { class: "map-buttons" },
      named("+", "Zoom in", () => this.show(this.view.zoomed(1.6))),
      named("−", "Zoom out", () => this.show(this.view.zoomed(1 / 1.6))),
      named("⤢", "Show everything", () => this.fit()),
    );
  }

  #resize(): void {
    const { clientWidth: width, clientHeight: height } = this.element;
    if (width === 0 || height === 0) return;
    const ratio = devicePixelRatio;
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    this.view = this.#picture.isThere
      ? this.view.sized(width, height)
      : View.around(this.view.system, width, height, this.#home);
    this.redraw();
  }

  #schedule(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#drawFrame();
    });
  }

  #drawFrame(): void {
    if (this.element.clientWidth === 0) return;
    this.#picture.advance(this.view);
    const context = this.#context;
    const { view } = this;
    const ratio = devicePixelRatio;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.#fillGround(context, view);
    this.#picture.show(context, view);
    for (const overlay of this.#overlays) overlay(context, view, this.#palette);
    drawScaleBar(context, view, this.#palette);
    if (this.#input.dragBox !== undefined) this.#drawBox(this.#input.dragBox);
    this.canvas.dataset.settled = String(this.isSettled);
    if (!this.isSettled) this.#schedule();
  }

  *#drawLayers(context: CanvasRenderingContext2D, view: View): Generator<void> {
    const palette = this.#palette;
    this.#fillGround(context, view);
    if (view.system === "lonlat") {
      if (countriesOf.all !== undefined) yield* drawCountries(context, view, palette, countriesOf.all);
      else this.#loadCountries();
      this.#tiles?.draw(context, view);
    }
    drawGrid(context, view, palette);
    for (const layer of this.#layers) yield* layer(context, view, palette);
  }

  #fillGround(context: CanvasRenderingContext2D, view: View): void {
    context.fillStyle = view.system === "lonlat" ? this.#palette.water : this.#palette.land;
    context.fillRect(0, 0, view.width, view.height);
  }

  #loadCountries(): void {
    loadCountries().then(
      (all) => {
        countriesOf.all = all;
        this.redraw();
      },
      (error: Error) => this.#tell(error.message),
    );
  }

  #drawBox([x, y, toX, toY]: DragBox): void {
    const context = this.#context;
    context.strokeStyle = this.#palette.accent;
    context.lineWidth = 2;
    context.setLineDash([6, 4]);
    context.strokeRect(x, y, toX - x, toY - y);
    context.setLineDash([]);
  }
}

/** Read once for all maps. */
const countriesOf: { all?: Awaited<ReturnType<typeof loadCountries>> } = {};

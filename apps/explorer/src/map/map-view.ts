import { button, h } from "../foundation/dom.js";
import { drawCountries, loadCountries } from "./base-map.js";
import { type Palette, palettes } from "./colors.js";
import { drawGrid, drawScaleBar } from "./grid.js";
import { centerInWords, Tiles } from "./tiles.js";
import { type Box, type System, View } from "./view.js";

/** Something on the map that may take long to draw: it yields often, and goes on in the next frame. */
export type Layer = (context: CanvasRenderingContext2D, view: View, palette: Palette) => Generator<void>;
/** Something light that is drawn anew in each frame, above the layers. */
export type Overlay = (context: CanvasRenderingContext2D, view: View, palette: Palette) => void;

interface Snapshot {
  readonly canvas: HTMLCanvasElement;
  view: View | undefined;
}

/** Drawing may take this much of a frame; the rest waits for the next. */
const MS_A_FRAME = 10;

/**
 * A map on a canvas: moved by pointer, wheel, fingers and keys.
 *
 * Layers are drawn into a picture beside, some milliseconds a frame. What is on the screen is the last finished picture, moved and
 * scaled to the present view, so that moving stays fluid however much there is to draw.
 */
export class MapView {
  readonly element: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  view: View;
  onClick: ((x: number, y: number, view: View) => void) | undefined;
  onHover: ((x: number, y: number, view: View) => string | undefined) | undefined;
  /** Called with a box of the world, once, after {@link askForBox}. */
  #onBox: ((box: Box) => void) | undefined;
  #dragBox: [x: number, y: number, toX: number, toY: number] | undefined;
  readonly #tip = h("div", { class: "map-tip", hidden: true });
  readonly #context: CanvasRenderingContext2D;
  #front: Snapshot = { canvas: document.createElement("canvas"), view: undefined };
  #back: Snapshot = { canvas: document.createElement("canvas"), view: undefined };
  #drawing: Generator<void> | undefined;
  #drawingView: View | undefined;
  #isStale = true;
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
    this.element = h(
      "div",
      { class: "map" },
      this.canvas,
      this.#tip,
      h(
        "div",
        { class: "map-buttons" },
        button("+", () => this.#show(this.view.zoomed(1.6)), { "aria-label": "Zoom in", title: "Zoom in" }),
        button("−", () => this.#show(this.view.zoomed(1 / 1.6)), {
          "aria-label": "Zoom out",
          title: "Zoom out",
        }),
        button("⤢", () => this.fit(), { "aria-label": "Show everything", title: "Show everything" }),
      ),
    );
    this.#listen();
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
    this.#show(View.around(system, this.view.width, this.view.height, box));
  }

  fit(box = this.#home): void {
    this.#show(View.around(this.view.system, this.view.width, this.view.height, box));
  }

  /** The next drag draws a box rather than moving the map. */
  askForBox(onBox: (box: Box) => void): void {
    this.#onBox = onBox;
    this.canvas.classList.add("is-marking");
  }

  /** Draws layers anew. */
  redraw(): void {
    this.#isStale = true;
    this.#schedule();
  }

  /** Draws overlays anew. */
  refresh(): void {
    this.#schedule();
  }

  /** Whether the last finished picture is of the present view: for tests and for pictures of the page. */
  get isSettled(): boolean {
    return !this.#isStale && this.#drawing === undefined && (this.#front.view?.equals(this.view) ?? false);
  }

  #show(view: View): void {
    this.view = view;
    this.#schedule();
  }

  #resize(): void {
    const { clientWidth: width, clientHeight: height } = this.element;
    if (width === 0 || height === 0) return;
    const isFirst = this.#front.view === undefined;
    const ratio = devicePixelRatio;
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    this.view = isFirst
      ? View.around(this.view.system, width, height, this.#home)
      : this.view.sized(width, height);
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
    this.#advance();
    const context = this.#context;
    const { view } = this;
    const ratio = devicePixelRatio;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.fillStyle = view.system === "lonlat" ? this.#palette.water : this.#palette.land;
    context.fillRect(0, 0, view.width, view.height);
    const { canvas, view: drawn } = this.#front;
    if (drawn !== undefined && drawn.system === view.system) {
      const factor = view.scale / drawn.scale;
      const turn = view.system === "lonlat" ? Math.round(view.centerX - drawn.centerX) : 0;
      const x = view.screenX(drawn.centerX + turn) - (drawn.width / 2) * factor;
      const y = view.screenY(drawn.centerY) - (drawn.height / 2) * factor;
      context.drawImage(canvas, x, y, drawn.width * factor, drawn.height * factor);
    }
    for (const overlay of this.#overlays) overlay(context, view, this.#palette);
    drawScaleBar(context, view, this.#palette);
    if (this.#dragBox !== undefined) this.#drawBox(this.#dragBox);
    this.canvas.dataset.settled = String(this.isSettled);
    if (!this.isSettled) this.#schedule();
  }

  /** Goes on drawing the picture beside, and swaps it in when it is whole. */
  #advance(): void {
    if (this.#isStale || (this.#drawing === undefined && !this.#front.view?.equals(this.view))) {
      this.#isStale = false;
      this.#drawing = this.#layersOf(this.#back.canvas, this.view);
      this.#drawingView = this.view;
    }
    if (this.#drawing === undefined) return;
    const end = performance.now() + MS_A_FRAME;
    do {
      if (this.#drawing.next().done) {
        this.#back.view = this.#drawingView;
        [this.#front, this.#back] = [this.#back, this.#front];
        this.#drawing = undefined;
        return;
      }
    } while (performance.now() < end);
  }

  *#layersOf(canvas: HTMLCanvasElement, view: View): Generator<void> {
    const ratio = devicePixelRatio;
    canvas.width = Math.round(view.width * ratio);
    canvas.height = Math.round(view.height * ratio);
    const context = canvas.getContext("2d")!;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.lineJoin = "round";
    context.lineCap = "round";
    const palette = this.#palette;
    context.fillStyle = view.system === "lonlat" ? palette.water : palette.land;
    context.fillRect(0, 0, view.width, view.height);
    if (view.system === "lonlat") {
      if (countriesOf.all !== undefined) yield* drawCountries(context, view, palette, countriesOf.all);
      else this.#loadCountries();
      this.#tiles?.draw(context, view);
    }
    drawGrid(context, view, palette);
    for (const layer of this.#layers) yield* layer(context, view, palette);
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

  #drawBox([x, y, toX, toY]: readonly [number, number, number, number]): void {
    const context = this.#context;
    context.strokeStyle = this.#palette.accent;
    context.lineWidth = 2;
    context.setLineDash([6, 4]);
    context.strokeRect(x, y, toX - x, toY - y);
    context.setLineDash([]);
  }

  #listen(): void {
    const { canvas } = this;
    const pointers = new Map<number, { x: number; y: number }>();
    let moved = 0;
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      pointers.set(event.pointerId, { x: event.offsetX, y: event.offsetY });
      moved = 0;
      this.#tip.hidden = true;
      if (this.#onBox !== undefined)
        this.#dragBox = [event.offsetX, event.offsetY, event.offsetX, event.offsetY];
    });
    canvas.addEventListener("pointermove", (event) => {
      const before = pointers.get(event.pointerId);
      if (before === undefined) {
        this.#hover(event.offsetX, event.offsetY);
        return;
      }
      const now = { x: event.offsetX, y: event.offsetY };
      const [dx, dy] = [now.x - before.x, now.y - before.y];
      moved += Math.abs(dx) + Math.abs(dy);
      const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
      pointers.set(event.pointerId, now);
      if (this.#dragBox !== undefined) {
        this.#dragBox = [this.#dragBox[0], this.#dragBox[1], now.x, now.y];
        this.refresh();
      } else if (other !== undefined) {
        const factor =
          Math.hypot(now.x - other.x, now.y - other.y) / Math.hypot(before.x - other.x, before.y - other.y);
        if (Number.isFinite(factor)) this.#show(this.view.zoomed(factor, other.x, other.y));
      } else this.#show(this.view.panned(dx, dy));
    });
    const release = (event: PointerEvent) => {
      if (!pointers.delete(event.pointerId)) return;
      if (this.#dragBox !== undefined) this.#takeBox();
      else if (moved < 6 && event.type === "pointerup")
        this.onClick?.(event.offsetX, event.offsetY, this.view);
    };
    canvas.addEventListener("pointerup", release);
    canvas.addEventListener("pointercancel", release);
    canvas.addEventListener("pointerleave", () => {
      this.#tip.hidden = true;
    });
    canvas.addEventListener(
      "wheel",
      (event) => {
        event.preventDefault();
        const pixels = event.deltaMode === 1 ? 20 * event.deltaY : event.deltaY;
        this.#show(
          this.view.zoomed(
            Math.exp(-Math.max(-300, Math.min(300, pixels)) / 300),
            event.offsetX,
            event.offsetY,
          ),
        );
      },
      { passive: false },
    );
    canvas.addEventListener("keydown", (event) => this.#key(event));
  }

  #key(event: KeyboardEvent): void {
    const { view } = this;
    const moves: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => this.#show(view.panned(80, 0)),
      ArrowRight: () => this.#show(view.panned(-80, 0)),
      ArrowUp: () => this.#show(view.panned(0, 80)),
      ArrowDown: () => this.#show(view.panned(0, -80)),
      "+": () => this.#show(view.zoomed(1.6)),
      "=": () => this.#show(view.zoomed(1.6)),
      "-": () => this.#show(view.zoomed(1 / 1.6)),
      "0": () => this.fit(),
      Enter: () => this.onClick?.(view.width / 2, view.height / 2, view),
    };
    const move = moves[event.key];
    if (move === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    move();
    this.canvas.setAttribute("aria-description", `The middle is at ${centerInWords(this.view)}.`);
  }

  #hover(x: number, y: number): void {
    const words = this.onHover?.(x, y, this.view);
    this.#tip.hidden = words === undefined;
    this.canvas.classList.toggle("can-click", words !== undefined);
    if (words === undefined) return;
    this.#tip.textContent = words;
    this.#tip.style.transform = `translate(${Math.min(x + 14, this.view.width - 180)}px, ${y + 14}px)`;
  }

  #takeBox(): void {
    const [x, y, toX, toY] = this.#dragBox!;
    const onBox = this.#onBox;
    this.#dragBox = undefined;
    this.#onBox = undefined;
    this.canvas.classList.remove("is-marking");
    this.refresh();
    if (Math.abs(toX - x) < 4 || Math.abs(toY - y) < 4) return;
    const [ax, ay] = this.view.worldAt(Math.min(x, toX), Math.min(y, toY));
    const [bx, by] = this.view.worldAt(Math.max(x, toX), Math.max(y, toY));
    onBox?.([ax, ay, bx, by]);
  }
}

/** Read once for all maps. */
const countriesOf: { all?: Awaited<ReturnType<typeof loadCountries>> } = {};

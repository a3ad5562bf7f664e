import { h } from "../foundation/dom.js";
import { centerInWords } from "./tiles.js";
import type { Box, View } from "./view.js";

/** What a map's input asks and tells. */
export interface InputTarget {
  readonly canvas: HTMLCanvasElement;
  readonly view: View;
  readonly onClick: ((x: number, y: number, view: View) => void) | undefined;
  readonly onHover: ((x: number, y: number, view: View) => string | undefined) | undefined;
  show(view: View): void;
  /** Shows everything. */
  fit(): void;
  /** Draws anew what is light. */
  refresh(): void;
}

/** A rectangle of the screen, from where the pointer went down to where it is. */
export type DragBox = readonly [x: number, y: number, toX: number, toY: number];

/** A pointer that moves less between down and up has clicked. */
const CLICK_PIXELS = 6;
/** A smaller box is a slip. */
const LEAST_BOX_PIXELS = 4;
const STEP_PIXELS = 80;

/** Moves a map by pointer, wheel, fingers and keys, tells what is under the pointer, and takes boxes that are drawn with it. */
export class MapInput {
  /** The words beside the pointer. */
  readonly tip = h("div", { class: "map-tip", hidden: true });
  readonly #map: InputTarget;
  readonly #pointers = new Map<number, { x: number; y: number }>();
  #moved = 0;
  #dragBox: DragBox | undefined;
  /** Called with a box of the world, once, after {@link askForBox}. */
  #onBox: ((box: Box) => void) | undefined;

  constructor(map: InputTarget) {
    this.#map = map;
    const { canvas } = map;
    canvas.addEventListener("pointerdown", (event) => this.#down(event));
    canvas.addEventListener("pointermove", (event) => this.#move(event));
    canvas.addEventListener("pointerup", (event) => this.#release(event));
    canvas.addEventListener("pointercancel", (event) => this.#release(event));
    canvas.addEventListener("pointerleave", () => {
      this.tip.hidden = true;
    });
    canvas.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    canvas.addEventListener("keydown", (event) => this.#key(event));
  }

  /** The box that is being drawn. */
  get dragBox(): DragBox | undefined {
    return this.#dragBox;
  }

  /** The next drag draws a box rather than moving the map. */
  askForBox(onBox: (box: Box) => void): void {
    this.#onBox = onBox;
    this.#map.canvas.classList.add("is-marking");
  }

  #down({ pointerId, offsetX, offsetY }: PointerEvent): void {
    this.#map.canvas.setPointerCapture(pointerId);
    this.#pointers.set(pointerId, { x: offsetX, y: offsetY });
    this.#moved = 0;
    this.tip.hidden = true;
    if (this.#onBox !== undefined) this.#dragBox = [offsetX, offsetY, offsetX, offsetY];
  }

  #move({ pointerId, offsetX: x, offsetY: y }: PointerEvent): void {
    const before = this.#pointers.get(pointerId);
    if (before === undefined) {
      this.#hover(x, y);
      return;
    }
    const map = this.#map;
    const [dx, dy] = [x - before.x, y - before.y];
    this.#moved += Math.abs(dx) + Math.abs(dy);
    const other = [...this.#pointers].find(([id]) => id !== pointerId)?.[1];
    this.#pointers.set(pointerId, { x, y });
    if (this.#dragBox !== undefined) {
      this.#dragBox = [this.#dragBox[0], this.#dragBox[1], x, y];
      map.refresh();
    } else if (other !== undefined) {
      const factor =
        Math.hypot(x - other.x, y - other.y) / Math.hypot(before.x - other.x, before.y - other.y);
      if (Number.isFinite(factor)) map.show(map.view.zoomed(factor, other.x, other.y));
    } else map.show(map.view.panned(dx, dy));
  }

  #release({ pointerId, offsetX, offsetY, type }: PointerEvent): void {
    if (!this.#pointers.delete(pointerId)) return;
    if (this.#dragBox !== undefined) this.#takeBox(this.#dragBox);
    else if (this.#moved < CLICK_PIXELS && type === "pointerup")
      this.#map.onClick?.(offsetX, offsetY, this.#map.view);
  }

  #wheel(event: WheelEvent): void {
    event.preventDefault();
    const pixels = event.deltaMode === 1 ? 20 * event.deltaY : event.deltaY;
    const factor = Math.exp(-Math.max(-300, Math.min(300, pixels)) / 300);
    this.#map.show(this.#map.view.zoomed(factor, event.offsetX, event.offsetY));
  }

  #key(event: KeyboardEvent): void {
    const map = this.#map;
    const { view } = map;
    const moves: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => map.show(view.panned(STEP_PIXELS, 0)),
      ArrowRight: () => map.show(view.panned(-STEP_PIXELS, 0)),
      ArrowUp: () => map.show(view.panned(0, STEP_PIXELS)),
      ArrowDown: () => map.show(view.panned(0, -STEP_PIXELS)),
      "+": () => map.show(view.zoomed(1.6)),
      "=": () => map.show(view.zoomed(1.6)),
      "-": () => map.show(view.zoomed(1 / 1.6)),
      "0": () => map.fit(),
      Enter: () => map.onClick?.(view.width / 2, view.height / 2, view),
    };
    const move = moves[event.key];
    if (move === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    move();
    map.canvas.setAttribute("aria-description", `The middle is at ${centerInWords(map.view)}.`);
  }

  #hover(x: number, y: number): void {
    const { view, canvas } = this.#map;
    const words = this.#map.onHover?.(x, y, view);
    this.tip.hidden = words === undefined;
    canvas.classList.toggle("can-click", words !== undefined);
    if (words === undefined) return;
    this.tip.textContent = words;
    this.tip.style.transform = `translate(${Math.min(x + 14, view.width - 180)}px, ${y + 14}px)`;
  }

  #takeBox([x, y, toX, toY]: DragBox): void {
    const { view, canvas } = this.#map;
    const onBox = this.#onBox;
    this.#dragBox = undefined;
    this.#onBox = undefined;
    canvas.classList.remove("is-marking");
    this.#map.refresh();
    if (Math.abs(toX - x) < LEAST_BOX_PIXELS || Math.abs(toY - y) < LEAST_BOX_PIXELS) return;
    const [ax, ay] = view.worldAt(Math.min(x, toX), Math.min(y, toY));
    const [bx, by] = view.worldAt(Math.max(x, toX), Math.max(y, toY));
    onBox?.([ax, ay, bx, by]);
  }
}

import type { View } from "./view.js";

/** Draws all that may take long into a context: it yields often, and goes on in the next frame. */
export type Draw = (context: CanvasRenderingContext2D, view: View) => Generator<void>;

interface Snapshot {
  readonly canvas: HTMLCanvasElement;
  view: View | undefined;
}

/** Drawing may take this much of a frame; the rest waits for the next. */
const MS_A_FRAME = 10;

/**
 * A picture that is drawn beside the screen, some milliseconds a frame. What it shows is the last whole one, moved and scaled to the
 * present view, so that moving stays fluid however much there is to draw.
 */
export class MapPicture {
  readonly #draw: Draw;
  #front: Snapshot = { canvas: document.createElement("canvas"), view: undefined };
  #back: Snapshot = { canvas: document.createElement("canvas"), view: undefined };
  #drawing: Generator<void> | undefined;
  #drawingView: View | undefined;
  #isStale = true;

  constructor(draw: Draw) {
    this.#draw = draw;
  }

  /** Whether a picture was ever whole. */
  get isThere(): boolean {
    return this.#front.view !== undefined;
  }

  /** What is drawn has changed. */
  makeStale(): void {
    this.#isStale = true;
  }

  /** Whether the last whole picture is of this view. */
  isOf(view: View): boolean {
    return !this.#isStale && this.#drawing === undefined && (this.#front.view?.equals(view) ?? false);
  }

  /** Goes on drawing the picture of a view, and swaps it in when it is whole. */
  advance(view: View): void {
    if (this.#isStale || (this.#drawing === undefined && !this.#front.view?.equals(view))) {
      this.#isStale = false;
      this.#drawing = this.#begin(this.#back.canvas, view);
      this.#drawingView = view;
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

  /** Shows the last whole picture as the view has it. */
  show(context: CanvasRenderingContext2D, view: View): void {
    const { canvas, view: drawn } = this.#front;
    if (drawn === undefined || drawn.system !== view.system) return;
    const factor = view.scale / drawn.scale;
    const turn = view.system === "lonlat" ? Math.round(view.centerX - drawn.centerX) : 0;
    const x = view.screenX(drawn.centerX + turn) - (drawn.width / 2) * factor;
    const y = view.screenY(drawn.centerY) - (drawn.height / 2) * factor;
    context.drawImage(canvas, x, y, drawn.width * factor, drawn.height * factor);
  }

  *#begin(canvas: HTMLCanvasElement, view: View): Generator<void> {
    const ratio = devicePixelRatio;
    canvas.width = Math.round(view.width * ratio);
    canvas.height = Math.round(view.height * ratio);
    const context = canvas.getContext("2d")!;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.lineJoin = "round";
    context.lineCap = "round";
    yield* this.#draw(context, view);
  }
}

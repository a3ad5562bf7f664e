import { button, choice, field, h, section, slider } from "../foundation/dom.js";
import { counted } from "../foundation/plain-words.js";
import { type ClockKind, momentInWords, TrackClock } from "./clock.js";
import type { TrackScene } from "./scene.js";

const KINDS: readonly (readonly [ClockKind, string])[] = [
  ["recorded", "As recorded"],
  ["day", "All days on one clock"],
  ["together", "All start together"],
];
const STEPS = 1000;
/** The whole time passes in so many seconds. */
const PLAY_SECONDS = 40;

/** The time slider: moves every track to where it was, and plays. */
export class TimeControls {
  readonly element: HTMLDetailsElement;
  readonly #onChange: () => void;
  readonly #slider;
  readonly #words = h("p", { class: "hint" });
  readonly #play: HTMLButtonElement;
  #kind: ClockKind = "recorded";
  #scene: TrackScene | undefined;
  #clock: TrackClock | undefined;
  #frame = 0;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
    this.#slider = slider(
      "Moment",
      { min: 0, max: STEPS, step: 1, value: 0 },
      () => (this.#clock === undefined ? "" : momentInWords(this.#now(), this.#kind)),
      () => this.#changed(),
    );
    this.#play = button("Play", () => (this.#frame === 0 ? this.#start() : this.stop()));
    const kind = choice(KINDS, "recorded", (value) => {
      this.#kind = value;
      if (this.#scene !== undefined) this.show(this.#scene);
      this.#onChange();
    });
    this.element = section(
      "Time",
      false,
      this.#slider.element,
      h("div", { class: "row" }, this.#play),
      field("Clock", kind),
      this.#words,
    );
    this.element.addEventListener("toggle", () => {
      if (!this.element.open) this.stop();
      this.#changed();
    });
  }

  /** The clock and the moment, while the part is open. */
  get moment(): { readonly clock: TrackClock; readonly ms: number } | undefined {
    if (!this.element.open || this.#clock === undefined) return undefined;
    return { clock: this.#clock, ms: this.#now() };
  }

  show(scene: TrackScene): void {
    this.stop();
    this.#scene = scene;
    this.#clock = TrackClock.of(scene, this.#kind);
    const isTimed = this.#clock !== undefined;
    this.#slider.input.disabled = !isTimed;
    this.#play.disabled = !isTimed;
    this.#slider.set(STEPS * 0.3);
    this.#tell();
  }

  stop(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#play.textContent = "Play";
  }

  #now(): number {
    const { startMs, endMs } = this.#clock!;
    return startMs + (this.#slider.input.valueAsNumber / STEPS) * (endMs - startMs);
  }

  #start(): void {
    this.#play.textContent = "Pause";
    let before = performance.now();
    let at = this.#slider.input.valueAsNumber >= STEPS ? 0 : this.#slider.input.valueAsNumber;
    const step = (now: number) => {
      at += ((now - before) / 1000 / PLAY_SECONDS) * STEPS;
      before = now;
      this.#slider.set(Math.min(STEPS, at));
      this.#changed();
      if (at >= STEPS) this.stop();
      else this.#frame = requestAnimationFrame(step);
    };
    this.#frame = requestAnimationFrame(step);
  }

  #changed(): void {
    this.#tell();
    this.#onChange();
  }

  #tell(): void {
    this.#words.textContent =
      this.#clock === undefined
        ? "These tracks have no times."
        : `${counted(this.#clock.countAt(this.#now()), "track")} under way; the line behind each is where it has just been.`;
  }
}

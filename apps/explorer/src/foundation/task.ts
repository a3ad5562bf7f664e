import { button, fill, h } from "./dom.js";
import { errorInWords, isAbort } from "./plain-words.js";
import type { Progress } from "./worker-calls.js";

/** Tells people that something failed, in words. */
export type Tell = (message: string) => void;

/**
 * Work that a person waits for: a bar, what is being done, and a button that stops it. A task that starts takes the place of the one
 * that runs.
 */
export class Task {
  readonly element: HTMLElement;
  readonly #tell: Tell;
  #controller: AbortController | undefined;

  constructor(tell: Tell) {
    this.#tell = tell;
    this.element = h("div", { class: "task", hidden: true });
  }

  get isRunning(): boolean {
    return this.#controller !== undefined;
  }

  stop(): void {
    this.#controller?.abort();
  }

  /** @returns what `work` gives, or undefined where it was stopped or failed (which was told) */
  async run<T>(
    title: string,
    work: (job: { signal: AbortSignal; onProgress: (progress: Progress) => void }) => Promise<T>,
  ): Promise<T | undefined> {
    this.stop();
    const controller = new AbortController();
    this.#controller = controller;
    const bar = h("progress", { "aria-label": title, max: 1 });
    const words = h("span", {}, title);
    fill(
      this.element,
      h(
        "div",
        { class: "task-row" },
        words,
        button("Cancel", () => controller.abort()),
      ),
      bar,
    );
    this.element.hidden = false;
    const onProgress = ({ phase, done, total }: Progress) => {
      words.textContent = phase === "" ? title : `${title}: ${phase}`;
      if (total > 0) bar.value = done / total;
      else bar.removeAttribute("value");
    };
    try {
      return await work({ signal: controller.signal, onProgress });
    } catch (error) {
      if (!isAbort(error)) this.#tell(errorInWords(error));
      return undefined;
    } finally {
      if (this.#controller === controller) {
        this.#controller = undefined;
        this.element.hidden = true;
      }
    }
  }
}

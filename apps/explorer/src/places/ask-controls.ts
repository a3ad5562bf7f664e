import { button, choice, field, fill, freshId, h, section, slider } from "../foundation/dom.js";
import type { Page } from "../foundation/page.js";
import type { PlaceQuery, Places } from "./api.js";

const share = (value: number) => `${Math.round(100 * value)} %`;

/** What is asked for: words, how much nearness and rating count, and what must hold. */
export class AskControls {
  readonly element: HTMLElement;
  readonly #page: Page;
  readonly #onChange: () => void;
  readonly #words: HTMLInputElement;
  readonly #examples = h("div", { class: "row" });
  readonly #kindField = h("div", {});
  readonly #ratingFields = h("div", { class: "stack" });
  readonly #mu;
  readonly #weight;
  #rating: ReturnType<typeof slider> | undefined;
  #kindNames: readonly string[] = [];

  constructor(page: Page, words: string, onChange: () => void) {
    this.#page = page;
    this.#onChange = onChange;
    const { state } = page;
    this.#words = h("input", {
      type: "search",
      value: state.get("words") ?? words,
      maxlength: 200,
      autocomplete: "off",
      oninput: () => this.#changed({ words: this.#words.value }),
    });
    const knob = (name: "mu" | "weight") => (value: number) => this.#changed({ [name]: String(value) });
    const start = (name: "mu" | "weight", otherwise: number, most: number) =>
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
    this.element = section(
      "What and where",
      true,
      field("Words", this.#words),
      this.#examples,
      this.#mu.element,
      this.#kindField,
      this.#ratingFields,
      h("p", { class: "hint" }, "Click the map to stand somewhere else; Enter takes its middle."),
    );
  }

  /** Offers what these places have: their kinds, their ratings, words of theirs. */
  offer({ kindNames, ratings, examples }: Places): void {
    this.#kindNames = kindNames;
    fill(
      this.#examples,
      ...examples.map((words) => button(words, () => this.setWords(words), { class: "chip" })),
    );
    const kind = choice(
      [["", "Any kind"], ...kindNames.map((each) => [each, each] as const)],
      this.#kind ?? "",
      (value) => this.#changed({ kind: value === "" ? undefined : value }),
    );
    kind.id = freshId("kind");
    fill(this.#kindField, kindNames.length > 1 ? field("Only", kind) : null);
    if (ratings === undefined) {
      this.#rating = undefined;
      fill(this.#ratingFields);
      return;
    }
    const [min, max] = ratings;
    const asked = Number(this.#page.state.get("rating") ?? min);
    this.#rating = slider(
      "Rated at least",
      { min, max, step: (max - min) / 40, value: Math.max(min, Math.min(max, asked)) },
      (value) => value.toFixed(1),
      (value) => this.#changed({ rating: value.toFixed(4) }),
    );
    fill(this.#ratingFields, this.#rating.element, this.#weight.element);
  }

  setWords(words: string): void {
    this.#words.value = words;
    this.#changed({ words });
  }

  query(position: readonly [number, number]): PlaceQuery {
    return {
      words: this.#words.value,
      position,
      mu: this.#mu.input.valueAsNumber,
      kind: this.#kind,
      minRating: this.#rating?.input.valueAsNumber ?? 0,
      ratingWeight: this.#rating === undefined ? 0 : this.#weight.input.valueAsNumber,
    };
  }

  get #kind(): string | undefined {
    return this.#kindNames.find((kind) => kind === this.#page.state.get("kind"));
  }

  #changed(change: Parameters<Page["state"]["set"]>[0]): void {
    this.#page.state.set(change);
    this.#onChange();
  }
}

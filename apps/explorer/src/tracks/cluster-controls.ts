import { button, choice, field, h, section, slider } from "../foundation/dom.js";
import type { Page } from "../foundation/page.js";
import type { CompareBy, Elbow, Method } from "./api.js";
import { ElbowChart } from "./elbow-chart.js";

export interface ClusterSettings {
  readonly method: Method;
  readonly by: CompareBy;
  readonly k: number | "auto";
  readonly outliers: boolean;
}

const METHODS: readonly (readonly [Method, string])[] = [
  ["auto", "Best of several (automatic)"],
  ["agglomerative", "Hierarchical, average linkage"],
  ["spectral", "Spectral clustering"],
  ["k-medoids", "K-Medoids"],
  ["k-means", "k-means"],
  ["hdbscan", "HDBSCAN (finds k itself)"],
  ["density-peaks", "Density peaks of mean places"],
  ["farthest-first", "Mean places farthest apart"],
];
const BY: readonly (readonly [CompareBy, string])[] = [
  ["auto", "The way as recorded"],
  ["routes", "The route alone, whatever the speed"],
  ["places", "Where they are on the whole"],
];
const MAX_K = 20;
const START_K = 8;

/** How tracks are clustered: method, what makes them alike, and k beside its elbow. */
export class ClusterControls {
  readonly element: HTMLElement;
  readonly #page: Page;
  readonly #onChange: () => void;
  readonly #k;
  readonly #auto: HTMLInputElement;
  readonly #outliers: HTMLInputElement;
  readonly #by: HTMLSelectElement;
  readonly #chart: ElbowChart;
  readonly #status = h("p", { class: "hint", "aria-live": "polite" });
  #elbow: Elbow | undefined;

  constructor(
    page: Page,
    task: HTMLElement,
    actions: {
      readonly onChange: () => void;
      readonly onRun: () => void;
      readonly onModel: (file: File) => void;
      readonly onClear: () => void;
    },
  ) {
    this.#page = page;
    this.#onChange = actions.onChange;
    const { state } = page;
    const k = Number(state.get("k") ?? START_K);
    const method = choice(METHODS, state.get("method") ?? "auto", (value) => {
      state.set({ method: value });
      this.#update();
      this.#onChange();
    });
    this.#by = choice(BY, state.get("by") ?? "auto", (value) => {
      state.set({ by: value });
      this.#onChange();
    });
    this.#k = slider(
      "Number of clusters",
      { min: 2, max: MAX_K, step: 1, value: k >= 2 && k <= MAX_K ? k : START_K },
      String,
      (value) => this.chooseK(value),
    );
    this.#auto = h("input", {
      type: "checkbox",
      checked: state.get("k") === "auto",
      onchange: () => {
        state.set({ k: this.#auto.checked ? "auto" : this.#k.input.value });
        this.#update();
        this.#onChange();
      },
    });
    this.#outliers = h("input", { type: "checkbox", onchange: () => this.#onChange() });
    this.#chart = new ElbowChart((value) => {
      this.#k.set(value);
      this.chooseK(value);
    });
    const file = h("input", {
      type: "file",
      accept: ".onnx",
      onchange: () => {
        const chosen = file.files?.[0];
        file.value = "";
        if (chosen !== undefined) actions.onModel(chosen);
      },
    });
    this.element = section(
      "Clusters",
      true,
      field("Method", method),
      field("Tracks are alike by", this.#by),
      h("label", { class: "check" }, this.#auto, "Find the number of clusters"),
      this.#k.element,
      this.#chart.element,
      h("label", { class: "check" }, this.#outliers, "Leave far tracks without a cluster"),
      h(
        "div",
        { class: "row" },
        button("Cluster", actions.onRun, { class: "primary" }),
        button("No clusters", actions.onClear),
      ),
      task,
      this.#status,
      field(
        "A trained E2DTC model (.onnx)",
        file,
        "Runs here with ONNX Runtime, which is loaded then. Nothing leaves this page.",
      ),
    );
    this.#update();
  }

  get settings(): ClusterSettings {
    const { state } = this.#page;
    const method = state.get("method") ?? "auto";
    const by = state.get("by") ?? "auto";
    return {
      method,
      by: by === "places" && !canBePlaces(method) ? "auto" : by,
      k: this.#auto.checked ? "auto" : this.#k.input.valueAsNumber,
      outliers: this.#outliers.checked && !this.#outliers.disabled,
    };
  }

  chooseK(k: number): void {
    this.#auto.checked = false;
    this.#page.state.set({ k: String(k) });
    this.#update();
    this.#onChange();
  }

  showElbow(elbow: Elbow | undefined): void {
    this.#elbow = elbow;
    this.#update();
  }

  /** Tells what came out, and puts k where an automatic choice has it. */
  showOutcome(how: string, k: number | undefined): void {
    this.#status.textContent = how;
    if (k !== undefined && this.#auto.checked && k >= 2 && k <= MAX_K) this.#k.set(k);
    this.#update();
  }

  #update(): void {
    const method = this.#page.state.get("method") ?? "auto";
    const findsK = method === "hdbscan";
    this.#auto.disabled = findsK;
    this.#k.input.disabled = findsK;
    const byCenters = method === "density-peaks" || method === "farthest-first";
    this.#by.disabled = byCenters;
    this.#outliers.disabled = byCenters;
    this.#by.value = this.settings.by;
    for (const option of this.#by.options) {
      option.disabled = option.value === "places" && !canBePlaces(method);
    }
    if (this.#elbow === undefined) this.#chart.clear();
    else this.#chart.show(this.#elbow, this.#k.input.valueAsNumber);
  }
}

/** Whether the method can cluster mean places: the others compare whole tracks. */
function canBePlaces(method: Method): boolean {
  return method === "auto" || method === "k-means";
}

// What the page shows, in the address after `#`: a link shows the same again.

/** Made-up tracks to look at. */
export const sampleNames = ["city", "city-large", "crossing", "crowd"] as const;

/** How tracks become clusters. */
export const methods = [
  "auto",
  "agglomerative",
  "spectral",
  "k-medoids",
  "k-means",
  "hdbscan",
  "density-peaks",
  "farthest-first",
] as const;

/** What tracks are compared by. */
export const comparisons = ["auto", "places", "routes"] as const;

/** The names that an address may hold, and what each may be. */
const allowed = {
  panel: ["tracks", "picture", "places"],
  theme: ["light", "dark"],
  sample: sampleNames,
  method: methods,
  by: comparisons,
  k: "count",
  trip: "integer",
  places: ["2000", "100000"],
  words: "text",
  kind: "text",
  rating: "number",
  mu: "number",
  weight: "number",
  at: "position",
} as const;

type Allowed = typeof allowed;
export type StateName = keyof Allowed;
export type PageState = {
  readonly [N in StateName]?: Allowed[N] extends readonly (infer V)[] ? V : string;
};

/** @returns the state, and a sentence for everything that an address should not hold */
export function parseState(hash: string): {
  readonly state: PageState;
  readonly problems: readonly string[];
} {
  const state: Record<string, string> = {};
  const problems: string[] = [];
  for (const [name, value] of new URLSearchParams(hash.replace(/^#/, ""))) {
    if (!Object.hasOwn(allowed, name))
      problems.push(`The address holds “${name}”, which this page does not know.`);
    else if (!fits(name as StateName, value)) {
      problems.push(`In the address, “${name}” cannot be “${value}”.`);
    } else state[name] = value;
  }
  return { state: state as PageState, problems };
}

function fits(name: StateName, value: string): boolean {
  const rule = allowed[name];
  if (typeof rule !== "string") return (rule as readonly string[]).includes(value);
  if (rule === "count") return value === "auto" || /^\d{1,3}$/.test(value);
  if (rule === "integer") return /^\d{1,7}$/.test(value);
  if (rule === "number") return /^\d{1,4}(\.\d{1,4})?$/.test(value);
  if (rule === "position") return /^-?\d{1,3}(\.\d{1,7})?,-?\d{1,2}(\.\d{1,7})?$/.test(value);
  return value.length <= 200;
}

export function formatState(state: PageState): string {
  const entries = Object.entries(state).filter(([, value]) => value !== undefined && value !== "");
  const text = new URLSearchParams(entries as [string, string][]).toString();
  // A comma may stand in an address as it is.
  return text === "" ? "" : `#${text.replaceAll("%2C", ",")}`;
}

/** The state of this page, kept in its address. */
export class AddressState {
  #state: PageState;
  readonly problems: readonly string[];

  constructor() {
    const { state, problems } = parseState(location.hash);
    this.#state = state;
    this.problems = problems;
  }

  get<N extends StateName>(name: N): PageState[N] {
    return this.#state[name];
  }

  /** Changes some names; `undefined` takes one out. No entry of the history: sliders would fill it. */
  set(change: { readonly [N in StateName]?: PageState[N] | undefined }): void {
    this.#state = Object.fromEntries(
      Object.entries({ ...this.#state, ...change }).filter(([, value]) => value !== undefined),
    ) as PageState;
    history.replaceState(null, "", formatState(this.#state) || location.pathname + location.search);
  }
}

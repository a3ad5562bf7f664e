import { h } from "./dom.js";

/** What happened to something that was read, why, to how many, and where first. */
export type ReasonRow = readonly [what: string, why: string, count: number, firstAt: string];

/** Everything that was skipped or mended; a sentence where nothing was. */
export function reasonTable(rows: readonly ReasonRow[]): HTMLElement {
  if (rows.length === 0) return h("p", { class: "hint" }, "Nothing was skipped.");
  return h(
    "table",
    {},
    h(
      "thead",
      {},
      h("tr", {}, ...["What", "Why", "How many", "First at"].map((name) => h("th", { scope: "col" }, name))),
    ),
    h("tbody", {}, ...rows.map((row) => h("tr", {}, ...row.map((cell) => h("td", {}, cell))))),
  );
}

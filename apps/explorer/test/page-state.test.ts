import { describe, expect, it } from "vitest";
import { formatState, parseState } from "../src/foundation/page-state.js";

describe("the state in the address", () => {
  it("comes back as it was written", () => {
    const state = {
      panel: "places",
      words: "old books & tea",
      at: "13.74,51.05",
      mu: "0.25",
      k: "auto",
    } as const;
    expect(parseState(formatState(state))).toEqual({ state, problems: [] });
  });

  it("keeps a comma readable, and is empty where nothing is kept", () => {
    expect(formatState({ at: "13.74,51.05" })).toBe("#at=13.74,51.05");
    expect(formatState({})).toBe("");
  });

  it("says what it does not know and what cannot be, and keeps the rest", () => {
    expect(parseState("#panel=maps&colour=red&k=12")).toEqual({
      state: { k: "12" },
      problems: [
        "In the address, “panel” cannot be “maps”.",
        "The address holds “colour”, which this page does not know.",
      ],
    });
  });
});

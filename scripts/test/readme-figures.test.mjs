import { describe, expect, it } from "vitest";
import { withFigures } from "../lib/readme-figures.mjs";

const estimate = (...values) => ({ mean: values.reduce((sum, v) => sum + v, 0) / values.length, values });
const results = (experiment, preset) => {
  if (experiment !== "a/table1" || preset !== "standard") throw new Error(`no ${experiment} at ${preset}`);
  return {
    rows: [
      {
        system: "Ours",
        dataset: "X",
        metrics: { uacc: estimate(0.9, 0.92), medianMs: estimate(1.5) },
        paper: { uacc: 0.8 },
      },
      { system: "Theirs", dataset: "X", metrics: { uacc: estimate(0.5) }, paper: null },
      { system: "Ours", dataset: "Y", metrics: { uacc: estimate(0.25) }, paper: null },
    ],
  };
};
const figure = (spec) => withFigures(`<!-- figure ${spec} -->old<!-- /figure -->`, results);

describe("withFigures", () => {
  it("writes means, ranges, the paper's value and the number of seeds", () => {
    expect(figure("a/table1 | Ours | X | uacc | 3")).toBe(
      "<!-- figure a/table1 | Ours | X | uacc | 3 -->.910<!-- /figure -->",
    );
    expect(figure("a/table1 | Ours | X | uacc | 2 | range")).toContain("-->.90–.92<!--");
    expect(figure("a/table1 | Ours | X | uacc | 1 | paper")).toContain("-->.8<!--");
    expect(figure("a/table1 | Ours | X | uacc | 1 | seeds")).toContain("-->2<!--");
    expect(figure("a/table1 | Ours | X | medianMs | 1ms")).toContain("-->1.5 ms<!--");
  });

  it("writes tables, and leaves the rest of the text alone", () => {
    const text =
      "before\n<!-- table a/table1\nmetrics: uacc 2 UACC; medianMs 1ms\nshow: range paper\n-->\nold\n<!-- /table -->\nafter\n";
    expect(withFigures(text, results)).toBe(
      "before\n<!-- table a/table1\nmetrics: uacc 2 UACC; medianMs 1ms\nshow: range paper\n-->\n" +
        "| system | dataset | UACC | medianMs |\n| --- | --- | ---: | ---: |\n" +
        "| Ours | X | .91 (.90–.92) [.8".concat(
          "0] | 1.5 ms |\n| Ours | Y | .25 | – |\n| Theirs | X | .50 | – |\n",
        ) +
        "<!-- /table -->\nafter\n",
    );
  });

  it("writes a column a dataset, with all metrics in a cell and names of one's own", () => {
    const text =
      "<!-- table a/table1\nsystems: Ours = the network; Theirs\ndatasets: X; Y = Z\nmetrics: uacc 2; medianMs 1ms\nacross: datasets\njoin: ·\n-->\nold\n<!-- /table -->";
    expect(withFigures(text, results)).toContain(
      "-->\n|  | X | Z |\n| --- | ---: | ---: |\n| the network | .91 · 1.5 ms | .25 · – |\n| Theirs | .50 · – | – |\n<!--",
    );
    expect(() => withFigures(text.replace("Theirs", "Nobody"), results)).toThrow("no row of Nobody");
  });

  it("names what is wrong", () => {
    expect(() => figure("a/table1 | Ours | X | nmi | 3")).toThrow("the row has no nmi");
    expect(() => figure("a/table1 | Nobody | X | uacc | 3")).toThrow("a/table1 has no such row");
    expect(() => figure("a/table1 | Ours | X | uacc | x")).toThrow(
      "format must be like 3, 1%, 2ms or 0×, got x",
    );
    expect(() => figure("a/table2 | Ours | X | uacc | 3")).toThrow("no a/table2 at standard");
  });
});

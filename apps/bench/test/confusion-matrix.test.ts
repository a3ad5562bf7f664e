import { ShapeError } from "@wayweave/geo-core";
import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { drawConfusionMatrix } from "../src/report/pictures/confusion-matrix.js";

const sides = { rows: "query", columns: "result" };

describe("drawConfusionMatrix", () => {
  it("prints shares in percent, the larger the darker, and labels both sides", () => {
    const svg = drawConfusionMatrix({ labels: ["cat & dog", "bird"], shares: [0.75, 0.25, 0, 1], ...sides });
    expect(svg.startsWith("<svg xmlns=")).toBe(true);
    const element = parseHTML(`<body>${svg}</body>`).document.querySelector("svg")!;
    const texts = [...element.querySelectorAll("text")].map(({ textContent }) => textContent);
    expect(texts).toEqual([
      ...["75", "25", "100"],
      ...["cat & dog", "bird"],
      ...["cat & dog", "bird"],
      "query",
      "result",
    ]);
    const opacities = [...element.querySelectorAll("rect")].map((rect) => rect.getAttribute("fill-opacity"));
    expect(opacities).toEqual(["0.760", "0.280", "0.040", "1.000"]);
  });

  it("refuses shares that are no square", () => {
    expect(() => drawConfusionMatrix({ labels: ["a", "b"], shares: [1, 0, 1], ...sides })).toThrow(
      new ShapeError("drawConfusionMatrix: shares must have length 4, got 3"),
    );
  });
});

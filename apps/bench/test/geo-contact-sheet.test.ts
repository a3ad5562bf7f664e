import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { geoContactSheet } from "../src/report/pictures/geo-contact-sheet.js";

describe("geoContactSheet", () => {
  const tile = (text: string) => ({ content: { text }, caption: [text] });
  const svg = geoContactSheet({
    title: "Around Lisbon",
    rows: [
      {
        query: tile("a church"),
        answers: [
          { ...tile("east"), hit: true },
          { ...tile("south"), hit: false },
        ],
        place: [-9.1, 38.7],
        answerPlaces: [
          [-8.1, 38.7],
          [-9.1, 37.7],
        ],
      },
    ],
    // In the middle of the map, and on the other side of the earth.
    backdrop: [-8.6, 38.2, 170, -40],
  });
  const element = parseHTML(`<body>${svg}</body>`).document.querySelector("svg")!;
  const at = (circle: ReturnType<typeof element.querySelector> | undefined) => [
    Number(circle!.getAttribute("cx")),
    Number(circle!.getAttribute("cy")),
  ];

  it("is one SVG element that holds the tiles and a map for each query", () => {
    expect(svg.startsWith("<svg xmlns=")).toBe(true);
    expect(element.textContent).toContain("Query 1: a church");
    expect(element.querySelectorAll("circle")).toHaveLength(3);
  });

  it("has north up, east right, and a degree of longitude shorter than one of latitude", () => {
    const query = at(element.querySelector("circle[r='11']")!);
    // The best answer is drawn last.
    const [south, east] = [...element.querySelectorAll("circle[r='8']")].map(at);
    expect(east![1]).toBeCloseTo(query[1]!, 1);
    expect(south![0]).toBeCloseTo(query[0]!, 1);
    const ratio = (east![0]! - query[0]!) / (south![1]! - query[1]!);
    expect(ratio).toBeCloseTo(Math.cos((38.2 * Math.PI) / 180), 2);
  });

  it("draws the points of the region only", () => {
    const dots = [...element.querySelectorAll("path")].map((path) => path.getAttribute("d") ?? "");
    expect(dots.filter((d) => d.endsWith("h0"))).toEqual([expect.stringMatching(/^M[\d.]+ [\d.]+h0$/)]);
  });
});

import { decode } from "fast-png";
import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { contactSheet } from "../src/report/pictures/contact-sheet.js";
import { lineDrawing, pngOf } from "../src/report/pictures/tile.js";

const image = pngOf(Uint8Array.of(0, 255, 255, 0), { width: 2, height: 2 });

function parse(svg: string) {
  return parseHTML(`<body>${svg}</body>`).document.querySelector("svg")!;
}

describe("contactSheet", () => {
  const sheet = contactSheet({
    title: "Where & <what>",
    key: "a line",
    rows: [
      {
        query: { content: { drawing: lineDrawing([0, 0, 1, 0.5], { color: "#c00" }) }, caption: ["query 7"] },
        answers: [
          { content: { image }, caption: ["first", "0.93"], hit: false },
          { content: { image, drawing: "<path d='M0 0'/>" }, caption: ["second", "0.91"], hit: true },
        ],
      },
      {
        query: {
          content: { text: "a text that is much longer than a tile can show ".repeat(6) },
          caption: [],
        },
        answers: [],
      },
    ],
  });
  const svg = parse(sheet);

  it("is one SVG element with a size, readable alone and in the report's colours", () => {
    expect(sheet.startsWith("<svg xmlns=")).toBe(true);
    // margins 2 × 16, the query 104, 36 to the answers, 2 × 104 and 12 between them
    expect(svg.getAttribute("width")).toBe(String(32 + 104 + 36 + 208 + 12));
    expect(svg.getAttribute("viewBox")).toBe(`0 0 392 ${svg.getAttribute("height")}`);
    expect(sheet).toContain("var(--card, #ffffff)");
    expect(sheet).toContain("Where &amp; &lt;what&gt;");
  });

  it("embeds the images' bytes and marks right answers by more than colour", () => {
    const images = [...svg.querySelectorAll("image")];
    expect(images).toHaveLength(2);
    expect(images[0]!.getAttribute("href")).toBe(
      `data:image/png;base64,${Buffer.from(image).toString("base64")}`,
    );
    const texts = [...svg.querySelectorAll("text")].map(({ textContent }) => textContent);
    expect(texts).toContain("✓ second");
    expect(texts).toContain("first");
    expect(svg.querySelectorAll('rect[stroke-width="4"]')).toHaveLength(1);
  });

  it("cuts long texts", () => {
    const lines = [...svg.querySelectorAll("text")].map(({ textContent }) => textContent ?? "");
    expect(lines.filter((line) => /text|tile|longer/.test(line)).length).toBeLessThanOrEqual(7);
    expect(lines.every((line) => line.length <= 19)).toBe(true);
    expect(lines.some((line) => line.endsWith("…"))).toBe(true);
  });

  it("names what is wrong", () => {
    expect(() => contactSheet({ title: "none", rows: [] })).toThrow(
      "contactSheet: rows must not be empty, got 0",
    );
    const query = { content: { image: Uint8Array.of(1, 2) }, caption: [] };
    expect(() => contactSheet({ title: "broken", rows: [{ query, answers: [] }] })).toThrow(
      "contactSheet: a tile's image must be a PNG or JPEG file, got bytes 01 02",
    );
  });
});

describe("pngOf", () => {
  it("gives back the pixels", () => {
    expect([...decode(image).data]).toEqual([0, 255, 255, 0]);
    const color = decode(pngOf(Uint8Array.of(1, 2, 3), { width: 1, height: 1, channels: 3 }));
    expect([color.channels, ...color.data]).toEqual([3, 1, 2, 3]);
  });
});

describe("lineDrawing", () => {
  it("draws the points in order, and a dot at the first", () => {
    expect(lineDrawing([0.25, 0.5, 1, 0], { color: "red", width: 0.02 })).toBe(
      '<polyline points="0.2500,0.5000 1.0000,0.0000" fill="none" stroke="red" stroke-width="0.02" stroke-linejoin="round" stroke-linecap="round"/><circle cx="0.2500" cy="0.5000" r="0.03" fill="red"/>',
    );
  });
});

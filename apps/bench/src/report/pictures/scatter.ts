import * as Plot from "@observablehq/plot";
import { ShapeError, ValueError } from "@wayweave/geo-core";
import { parseHTML } from "linkedom";

/** A cloud of labelled points. */
export interface ScatterPanel {
  readonly title: string;
  /** x and y by turns, `[points × 2]`, in any unit: each panel is scaled to its own extent. */
  readonly positions: ArrayLike<number>;
  /** What decides a point's colour, `[points]`: the same number has the same colour in every panel. */
  readonly labels: ArrayLike<number>;
}

export interface Scatter {
  readonly title: string;
  readonly panels: readonly ScatterPanel[];
  /** Panels side by side. @defaultValue 4 */
  readonly columns?: number;
}

/** Told apart on white and on black; more labels than colours share them. */
const palette = [
  "#4e79a7",
  "#f28e2b",
  "#e15759",
  "#3aa39b",
  "#59a14f",
  "#d4ac0d",
  "#b07aa1",
  "#ff8fa3",
  "#9c755f",
  "#8c939a",
  "#6a4fd0",
  "#00b4d8",
  "#a3c234",
  "#c2185b",
  "#7d8f3c",
];

const panelSize = 200;
const titleHeight = 22;
const margin = 12;

/**
 * Scatter plots side by side, coloured by label, such as t-SNE maps of several representations.
 *
 * Axes are left out: only who stands near whom means anything. x and y of a panel have the same scale.
 *
 * @returns one `<svg>` element
 * @throws {ValueError} no panels
 * @throws {ShapeError} a panel without two coordinates a label
 */
export function scatterPicture({ title, panels, columns = 4 }: Scatter): string {
  if (panels.length === 0) throw new ValueError("scatterPicture: panels must not be empty, got 0");
  const rows = Math.ceil(panels.length / columns);
  const cells = panels.map((panel, i) => ({ panel, fx: i % columns, fy: Math.floor(i / columns) }));
  const points = cells.flatMap(({ panel, fx, fy }) => pointsOf(panel).map((point) => ({ ...point, fx, fy })));
  const titles = cells.map(({ panel, fx, fy }) => ({ title: panel.title, fx, fy }));
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const plot = Plot.plot({
    document,
    ariaLabel: title,
    width: 2 * margin + Math.min(columns, panels.length) * panelSize,
    height: 2 * margin + rows * (panelSize + titleHeight),
    margin,
    style: { background: "var(--card, #ffffff)", color: "var(--ink, #1b1f24)", fontSize: "12px" },
    x: { axis: null, domain: [0, 1] },
    y: { axis: null, domain: [0, 1], insetTop: titleHeight },
    fx: { axis: null, padding: 0.06 },
    fy: { axis: null, padding: 0.03 },
    marks: [
      Plot.frame({ stroke: "var(--line, #dcdfe3)" }),
      Plot.text(titles, { fx: "fx", fy: "fy", text: "title", frameAnchor: "top", dy: 7 }),
      Plot.dot(points, {
        fx: "fx",
        fy: "fy",
        x: "x",
        y: "y",
        fill: "color",
        fillOpacity: 0.8,
        r: points.length / panels.length > 400 ? 1.5 : 2.2,
      }),
    ],
  });
  if (!plot.hasAttribute("xmlns")) plot.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  // A hundredth of a pixel is enough, and a third of the file.
  return plot.outerHTML.replace(/(\d\.\d\d)\d+/g, "$1").trim();
}

/** A panel's points in the unit square, x and y to the same scale. */
function pointsOf({ title, positions, labels }: ScatterPanel): { x: number; y: number; color: string }[] {
  if (positions.length !== 2 * labels.length) {
    throw new ShapeError(
      `scatterPicture: panel "${title}" must have 2 coordinates for each of ${labels.length} labels, got ${positions.length}`,
    );
  }
  const bounds = { minX: Infinity, maxX: -Infinity, minY: Infinity, maxY: -Infinity };
  for (let i = 0; i < labels.length; i++) {
    bounds.minX = Math.min(bounds.minX, positions[2 * i]!);
    bounds.maxX = Math.max(bounds.maxX, positions[2 * i]!);
    bounds.minY = Math.min(bounds.minY, positions[2 * i + 1]!);
    bounds.maxY = Math.max(bounds.maxY, positions[2 * i + 1]!);
  }
  const extent = 1.06 * Math.max(bounds.maxX - bounds.minX, bounds.maxY - bounds.minY) || 1;
  const [middleX, middleY] = [(bounds.minX + bounds.maxX) / 2, (bounds.minY + bounds.maxY) / 2];
  return Array.from(labels, (label, i) => ({
    x: 0.5 + (positions[2 * i]! - middleX) / extent,
    y: 0.5 + (positions[2 * i + 1]! - middleY) / extent,
    color: palette[label % palette.length]!,
  }));
}

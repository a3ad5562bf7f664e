#!/usr/bin/env node
// Draws the pictures of docs/clustering.md from synthetic trips, by the packages' built code: the same trips and pictures on every machine.
//
//   pnpm build && node scripts/clustering-pictures.mjs
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageUrl, root } from "./lib/workspace.mjs";

const { createRoutes, TrajectorySet, Random } = await import(packageUrl("geo-core", "index.js"));
const { clusterTrips } = await import(packageUrl("e2dtc", "cluster.js"));

const folder = join(root, "docs/pictures");
mkdirSync(folder, { recursive: true });
const colours = ["#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#ff7f0e", "#17becf", "#8c564b", "#e377c2"];
const outlierColour = "#999999";

/** Two towns joined by three ways, driven both ways, and short trips within each town. */
function commuters() {
  const random = new Random(3);
  const lines = [];
  const wander = (points) => points.map(([x, y]) => [x + 25 * random.normal(), y + 25 * random.normal()]);
  for (let i = 0; i < 60; i++) {
    const bow = [-900, 0, 900][i % 3];
    const way = Array.from({ length: 14 }, (_, p) => [(4000 * p) / 13, bow * Math.sin((Math.PI * p) / 13)]);
    lines.push(wander(i % 2 === 0 ? way : way.reverse()));
  }
  return TrajectorySet.fromArrays(lines, { coordinateSystem: "planar" });
}

/** Short walks about four squares. */
function squares() {
  const random = new Random(5);
  const lines = Array.from({ length: 80 }, (_, i) => {
    const [cx, cy] = [
      [0, 0],
      [2400, 300],
      [500, 1700],
      [2700, 1900],
    ][i % 4];
    let angle = 2 * Math.PI * random.next();
    let [x, y] = [cx + 200 * random.normal(), cy + 200 * random.normal()];
    return Array.from({ length: 12 }, () => {
      angle += 0.6 * random.normal();
      x += 60 * Math.cos(angle);
      y += 60 * Math.sin(angle);
      return [x, y];
    });
  });
  return TrajectorySet.fromArrays(lines, { coordinateSystem: "planar" });
}

function withStrays(set) {
  const random = new Random(9);
  const strays = Array.from({ length: 6 }, () => {
    let [x, y] = [60 + 480 * random.next(), -60 + 120 * random.next()];
    return Array.from({ length: 10 }, () => {
      x += 40 * random.normal();
      y += 40 * random.normal();
      return [x, y];
    });
  });
  const bare = new TrajectorySet({
    coordinates: set.coordinates,
    offsets: set.offsets,
    coordinateSystem: "planar",
  });
  return TrajectorySet.concat([bare, TrajectorySet.fromArrays(strays, { coordinateSystem: "planar" })]);
}

/** Lines in their clusters' colours, a dot where each begins; at most so many, so that the files stay small. */
function draw(file, title, set, labels) {
  const [width, height, margin, most] = [480, 260, 14, 90];
  const xs = Array.from({ length: set.pointCount }, (_, p) => set.coordinates[2 * p]);
  const ys = Array.from({ length: set.pointCount }, (_, p) => set.coordinates[2 * p + 1]);
  const [west, east, south, north] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  // Each axis has a scale of its own: a motorway is a hundred times as long as wide.
  const x = (value) => (margin + ((width - 2 * margin) * (value - west)) / (east - west)).toFixed(1);
  const y = (value) =>
    (height - margin - ((height - 2 * margin) * (value - south)) / (north - south)).toFixed(1);
  const step = Math.max(1, Math.ceil(set.length / most));
  const lines = [];
  for (let i = 0; i < set.length; i += step) {
    const [start, end] = [set.offsets[i], set.offsets[i + 1]];
    const every = Math.max(1, Math.ceil((end - start) / 24));
    const points = [];
    for (let p = start; p < end; p += every) points.push(`${x(xs[p])},${y(ys[p])}`);
    const colour = labels[i] < 0 ? outlierColour : colours[labels[i] % colours.length];
    lines.push(
      `<polyline points="${points.join(" ")}" stroke="${colour}"/><circle cx="${x(xs[start])}" cy="${y(ys[start])}" r="2" fill="${colour}"/>`,
    );
  }
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${title}"><title>${title}</title><rect width="${width}" height="${height}" fill="#ffffff"/><g fill="none" stroke-width="1.2" stroke-opacity="0.75">${lines.join("")}</g></svg>\n`;
  writeFileSync(join(folder, file), svg);
  console.log(`docs/pictures/${file}: ${Math.round(svg.length / 1024)} kB`);
}

const motorway = createRoutes({ scene: "motorway", seed: 7, trips: 120, routes: 6 }).set;
const ways = commuters();
const places = squares();

draw(
  "auto.svg",
  "Six lanes of a motorway, found by clusterTrips",
  motorway,
  (await clusterTrips(motorway, { k: 6 })).labels,
);
draw(
  "places.svg",
  "Walks about four squares, clustered by places",
  places,
  (await clusterTrips(places, { k: 4, clusterBy: "places" })).labels,
);
draw(
  "routes.svg",
  "Three ways between two towns, each way round: six routes",
  ways,
  (await clusterTrips(ways, { k: 6, clusterBy: "routes" })).labels,
);
draw(
  "routes-by-places.svg",
  "The same trips by places: three clusters, whichever direction",
  ways,
  (await clusterTrips(ways, { k: 3, clusterBy: "places" })).labels,
);
const strays = withStrays(motorway);
draw(
  "outliers.svg",
  "Trips that belong to no lane, in grey",
  strays,
  (await clusterTrips(strays, { k: 6, outliers: true })).labels,
);

#!/usr/bin/env node
// Which of my recorded tracks does this map screenshot show?
//
//   node examples/which-track.mjs                                    with demo data, made for the purpose
//   node examples/which-track.mjs my-tracks/ screenshot.png
//
// Beside screenshot.png lies screenshot.json and says where its corners are:
//   { "upperLeft": [lon, lat], "lowerRight": [lon, lat], "coordinateSystem": "lonlat" }
//
// Every track is drawn into the picture's extent and compared with it; nothing is trained, and nobody has to say which colour the line
// has. That takes about a millisecond a track: for 100,000 tracks and more, let a trained model choose the first candidates
// (TrajCrossIndex.findTrajectories with `rerank`).
import { projectSet, resampleToCount, webMercator } from "@wayweave/geo-core";
import { readGpx } from "@wayweave/geo-core/node";
import { RenderComparer } from "@wayweave/trajcross";
import { readImage } from "@wayweave/trajcross/node";
import { makeDemo } from "./demo-data.mjs";

const [folder, file] = process.argv.length > 3 ? process.argv.slice(2) : await makeDemo();

// Web maps are drawn in Web Mercator; the tracks are compared there too.
const { trajectories } = await readGpx(folder, { times: "none" });
const tracks = resampleToCount(projectSet(trajectories, webMercator), { count: 256 });
const screenshot = await readImage(file, { channels: 3, size: 192, projection: webMercator });

const start = performance.now();
const comparer = new RenderComparer(tracks, screenshot, [2, 3, 4, 6, 8]);
const ranked = Array.from(tracks, ({ id }, track) => ({ id, distance: comparer.distance(track, 0) }));
ranked.sort((a, b) => a.distance - b.distance);
const ms = performance.now() - start;

console.log(
  `${tracks.length} tracks compared in ${ms.toFixed(0)} ms; the best (0: explains the picture, 1: not at all):`,
);
for (const { id, distance } of ranked.slice(0, 5)) console.log(`  ${distance.toFixed(3)}  ${id}`);

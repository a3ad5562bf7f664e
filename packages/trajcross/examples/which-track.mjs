#!/usr/bin/env node
// Which of my recorded tracks does this map screenshot show?
//
//   node examples/which-track.mjs                                    with demo data, made for the purpose
//   node examples/which-track.mjs my-tracks/ screenshot.png
//
// Beside screenshot.png lies screenshot.json and says where its corners are:
//   { "upperLeft": [lon, lat], "lowerRight": [lon, lat], "coordinateSystem": "lonlat" }
//
// Nothing is trained, nothing is downloaded, and nobody has to say which colour the line has. The command does the same:
//   npx wayweave-trajcross find my-tracks/ screenshot.png
import { readTrajectories } from "@wayweave/geo-core/node";
import { openTrackFinder, readPicture } from "@wayweave/trajcross/node";
import { makeDemo } from "./demo-data.mjs";

const [folder, file] = process.argv.length > 3 ? process.argv.slice(2) : await makeDemo();

const finder = await openTrackFinder();
await finder.add((await readTrajectories(folder)).set);
const start = performance.now();
const { hits, confidence } = await finder.find(await readPicture(file));
const ms = performance.now() - start;

console.log(
  `${finder.size} tracks searched in ${ms.toFixed(0)} ms; the best (1: just the line that was seen):`,
);
for (const { id, score } of hits) console.log(`  ${score.toFixed(3)}  ${id}`);
console.log(`the first is right with a probability of ${(100 * confidence).toFixed(0)} %`);
await finder.dispose();

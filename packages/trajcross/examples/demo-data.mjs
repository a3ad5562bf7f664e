// Demo data for which-track.mjs: a season of rides as GPX files, and a screenshot that shows one of them.
import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCity, projectSet, Random, webMercator } from "@wayweave/geo-core";
import { renderImages } from "@wayweave/trajcross";
import { writeImageFolder } from "@wayweave/trajcross/node";

/** @returns the folder of tracks and the screenshot's file; the ride that it shows is named in the console */
export async function makeDemo() {
  const folder = await mkdtemp(join(tmpdir(), "which-track-"));
  const tracks = join(folder, "tracks");
  await mkdir(tracks);
  const { set } = createCity({ seed: 4, trips: 80, center: [16.37, 48.21], sizeMeters: 8000 });
  for (let i = 0; i < set.length; i++) {
    await writeFile(join(tracks, `ride-${String(i).padStart(2, "0")}.gpx`), gpx(set.at(i)));
  }
  const shown = 42;
  const picture = renderImages(projectSet(set.slice(shown, shown + 1), webMercator), new Random(7), {
    channels: 3,
    size: 512,
    thicknessPixels: [5, 6],
  });
  await writeImageFolder(folder, picture, { ids: ["screenshot"] });
  // The sidecar in degrees, as one would read the corners off a map.
  const [left, bottom, right, top] = picture.extents;
  const corners = {
    upperLeft: webMercator.inverse([left, top]),
    lowerRight: webMercator.inverse([right, bottom]),
    coordinateSystem: "lonlat",
  };
  await writeFile(join(folder, "screenshot.json"), JSON.stringify(corners));
  console.log(`demo data in ${folder}: the screenshot shows ride-${shown}`);
  return [tracks, join(folder, "screenshot.png")];
}

function gpx({ coordinates }) {
  const points = [];
  for (let i = 0; i < coordinates.length; i += 2) {
    points.push(`<trkpt lat="${coordinates[i + 1].toFixed(6)}" lon="${coordinates[i].toFixed(6)}"/>`);
  }
  return `<?xml version="1.0"?>
<gpx version="1.1" creator="demo" xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>
${points.join("\n")}
</trkseg></trk></gpx>
`;
}

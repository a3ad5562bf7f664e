import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { createCity, projectSet, Random, TrajectorySet, webMercator } from "@wayweave/geo-core";
import { writeGeoJson } from "@wayweave/geo-core/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { renderImages } from "../../src/data/images.js";
import { writeImageFolder } from "../../src/node/image-folder.js";
import { openTrackFinder, saveTrackFinder } from "../../src/node/open-track-finder.js";
import { readPicture } from "../../src/node/read-picture.js";
import { findWindows } from "../../src/retrieval/find-windows.js";
import type { TrackFinder } from "../../src/retrieval/track-finder.js";
import type { Picture } from "../../src/retrieval/track-finder-types.js";

const { set: tracks } = createCity({ seed: 4, trips: 60 });
let folder: string;
let finder: TrackFinder;
let picture: Picture;
let bounds: [number, number, number, number];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "track-finder-"));
  const ride = projectSet(tracks.slice(42, 43), webMercator);
  const image = renderImages(ride, new Random(7), { channels: 3, size: 256, thicknessPixels: [3, 4] });
  await writeImageFolder(folder, image, { ids: ["shot"] });
  const [left, bottom, right, top] = image.extents as unknown as [number, number, number, number];
  bounds = [
    ...webMercator.inverse([left, bottom]),
    ...webMercator.inverse([right, top]),
  ] as unknown as typeof bounds;
  const corners = {
    upperLeft: [bounds[0], bounds[3]],
    lowerRight: [bounds[2], bounds[1]],
    coordinateSystem: "lonlat",
  };
  await writeFile(path.join(folder, "shot.json"), JSON.stringify(corners));
  finder = await openTrackFinder();
  await finder.add(tracks.slice(0, 20));
  await finder.add(tracks.slice(20));
  picture = await readPicture(path.join(folder, "shot.png"));
});
afterAll(async () => {
  await finder.dispose();
  await rm(folder, { recursive: true });
});

describe("TrackFinder", () => {
  it("finds the track that a screenshot shows, with the corners beside it", async () => {
    const { hits, confidence, by, line } = await finder.find(picture);
    expect(hits[0]).toMatchObject({ index: 42, id: tracks.at(42).id });
    expect(hits).toHaveLength(5);
    expect(by).toBe("place");
    expect(confidence).toBeGreaterThan(0.5);
    expect(line.points.length).toBe(2 * line.confidences.length);
  });

  it("is less sure where the track is not among them", async () => {
    const [there, absent] = [await finder.find(picture), await finder.find(picture, { without: [42] })];
    expect(absent.hits.map(({ index }) => index)).not.toContain(42);
    expect(absent.confidence).toBeLessThan(there.confidence);
  });

  it("finds it by its shape where nothing says where the picture lies", async () => {
    const { bounds: _, ...nowhere } = picture;
    const found = await finder.find(nowhere, { k: 10 });
    expect(found.by).toBe("shape");
    expect(found.hits.map(({ index }) => index)).toContain(42);
  });

  it("tells where a track lies in the picture", () => {
    const points = finder.onPicture(42, picture)!;
    expect(points.every((value) => value >= 0 && value <= 256)).toBe(true);
  });

  it("is saved and opened again, and answers the same", async () => {
    const file = path.join(folder, "tracks");
    await saveTrackFinder(file, finder);
    const opened = await openTrackFinder({ index: file });
    expect((await opened.find(picture)).hits).toEqual((await finder.find(picture)).hits);
    await opened.dispose();
    await writeFile(file, (await readFile(file)).subarray(0, 500));
    await expect(openTrackFinder({ index: file })).rejects.toThrow(file);
  });

  it("names a folder where its file is to be", async () => {
    await expect(saveTrackFinder(folder, finder)).rejects.toThrow(
      `saveTrackFinder: file must be a file's path, got a folder, ${folder}`,
    );
    await expect(openTrackFinder({ index: folder })).rejects.toThrow(
      `${folder}: must be a file, got a folder`,
    );
  });

  it("refuses what it cannot search", async () => {
    const empty = await openTrackFinder();
    await expect(empty.find(picture)).rejects.toThrow("TrackFinder.find: tracks must be added first");
    await empty.dispose();
    await expect(finder.find(picture, { bound: bounds } as never)).rejects.toThrow(
      'TrackFinder.find: unknown option "bound"; did you mean "bounds"?',
    );
    await expect(finder.find({ ...picture, channels: 4 })).rejects.toThrow(
      "TrackFinder.find: picture.channels must be 3 (red, green, blue), got 4",
    );
    const planar = TrajectorySet.fromArrays([[[0, 0]]], { coordinateSystem: "planar" });
    await expect(finder.add(planar)).rejects.toThrow(
      "TrackFinder.add: set must be lonlat as those before, got planar",
    );
  });
});

describe("wayweave-trajcross", () => {
  const cli = path.join(import.meta.dirname, "../../dist/cli.js");
  const run = (...args: string[]) => promisify(execFile)(process.execPath, [cli, ...args]);

  it("indexes, finds, and writes a page", async () => {
    const [file, index, page] = ["tracks.geojson", "index", "out.html"].map((name) =>
      path.join(folder, name),
    );
    await writeGeoJson(file!, tracks);
    expect((await run("index", file!, "--out", index!)).stdout).toContain("60 tracks indexed");
    const { stdout } = await run("find", index!, path.join(folder, "shot.png"), "--html", page!, "--k", "2");
    expect(stdout).toMatch(
      new RegExp(
        `60 tracks compared by where the line lies\\n {2}1 {2}[01]\\.\\d+ {2}${tracks.at(42).id}\\n`,
      ),
    );
    expect(await readFile(page!, "utf8")).toContain("<svg");
  });

  it("tells a mistake in a line", async () => {
    await expect(run("find", "nowhere", "shot.png")).rejects.toThrow(/error: .*ENOENT|no such file/);
    await expect(run("find", folder, path.join(folder, "shot.png"), "--bounds", "1,2,3")).rejects.toThrow(
      "error: --bounds must be west,south,east,north, got",
    );
  });
});

describe("findWindows", () => {
  it("finds windows by shape, by the line, and by drawing", async () => {
    const { loadLineReader } = await import("../../src/node/open-track-finder.js");
    const reader = await loadLineReader();
    const planar = projectSet(tracks, webMercator);
    const images = renderImages(planar.slice(0, 10), new Random(3));
    for (const stage of ["shape", "line", "pixels"] as const) {
      const found = await findWindows(reader, planar, images, { stage, k: 3 });
      const right = found.filter((hits, i) => hits[0]?.index === i).length;
      expect(right).toBeGreaterThanOrEqual(7);
    }
    await reader.dispose();
  });
});

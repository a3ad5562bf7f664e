import { projectSet, Random, StateError, TrajectorySet, webMercator } from "@wayweave/geo-core";
import { LineReader, renderImages, TrackFinder } from "@wayweave/trajcross/browser";
import readerAddress from "@wayweave/trajcross/line-reader.onnx?url";
import { type Channel, type Job, moving, serve } from "../foundation/worker-calls.js";
import type { PictureApi, Sides } from "./api.js";

let tracks: TrajectorySet | undefined;
let finder: TrackFinder | undefined;
/** The network that sees lines; read once, when a picture first asks for it. */
let reader: Promise<LineReader> | undefined;

function current(): TrajectorySet {
  if (tracks === undefined) throw new StateError("Tracks must be opened first, in the tab Tracks.");
  return tracks;
}

async function loadReader({ onProgress }: Job): Promise<LineReader> {
  onProgress({ phase: "loading the line reader", done: 0, total: 0 });
  const [{ loadModel }, response] = await Promise.all([
    import("../foundation/onnx.js"),
    fetch(readerAddress),
  ]);
  if (!response.ok) throw new StateError("The line reader could not be loaded from this page.");
  return new LineReader(await loadModel(new Uint8Array(await response.arrayBuffer())));
}

async function ready(job: Job): Promise<TrackFinder> {
  const set = current();
  reader ??= loadReader(job).catch((error: unknown) => {
    reader = undefined;
    throw error;
  });
  const made = new TrackFinder(await reader);
  if (finder === undefined) {
    await made.add(set, {
      signal: job.signal,
      onProgress: (at) => job.onProgress({ phase: "preparing the tracks", ...at }),
    });
    if (tracks !== set) throw new StateError("Other tracks were opened meanwhile: search again.");
    finder = made;
  }
  return finder;
}

const api: PictureApi = {
  tracks: async ({ columns }) => {
    tracks = new TrajectorySet(columns, { validate: false });
    finder = undefined;
    return { count: tracks.length };
  },
  sample: async ({ track }) => {
    const set = current();
    const isLonLat = set.coordinateSystem === "lonlat";
    const one = set.slice(track, track + 1);
    const image = renderImages(isLonLat ? projectSet(one, webMercator) : one, new Random(track), {
      channels: 3,
      size: 512,
      thicknessPixels: [5, 6],
      sideOverSpan: [1.3, 1.6],
    });
    const [left, bottom, right, top] = image.extents as unknown as Sides;
    const sides: Sides = isLonLat
      ? [...webMercator.inverse([left, bottom]), ...webMercator.inverse([right, top])]
      : [left, bottom, right, top];
    return moving({ pixels: { width: 512, height: 512, data: image.pixels }, sides }, [image.pixels.buffer]);
  },
  find: async ({ pixels, sides }, job) => {
    const tracksFinder = await ready(job);
    job.onProgress({ phase: "comparing", done: 0, total: 0 });
    const picture = { ...pixels, channels: 3 };
    const { hits, confidence, by, line } = await tracksFinder.find(picture, {
      k: 5,
      signal: job.signal,
      ...(sides === undefined ? {} : { bounds: sides }),
    });
    return {
      hits: hits.map(({ index, id, score, overlap }) => ({
        index,
        id,
        score,
        overlap,
        line: sides === undefined ? undefined : tracksFinder.onPicture(index, picture, sides),
      })),
      confidence,
      by,
      line: line.points,
    };
  },
};

serve(self as unknown as Channel, api);

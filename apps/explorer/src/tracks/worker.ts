import {
  readTrajectories,
  StateError,
  TrajectoryIndex,
  type TrajectorySet,
  toCsv,
  toGeoJson,
  toGpx,
  ValueError,
} from "@wayweave/geo-core";
import { type Channel, moving, serve } from "../foundation/worker-calls.js";
import type { ExportFormat, LoadedTracks, TracksApi } from "./api.js";
import { sampleTracks } from "./samples.js";

/** The tracks that the page shows. */
let tracks: TrajectorySet | undefined;
/** Made when first asked for. */
let index: TrajectoryIndex | undefined;

/** Whoever only opens tracks and looks at them does not load it. */
const clustering = () => import("./cluster.js");

function current(): TrajectorySet {
  if (tracks === undefined) throw new StateError("Tracks must be opened first.");
  return tracks;
}

/** Takes tracks as those of the page; those without points are left out. */
async function take(
  set: TrajectorySet,
  more: Omit<LoadedTracks, "columns">,
  signal: AbortSignal,
): Promise<LoadedTracks> {
  const filled = Uint32Array.from(
    Array.from({ length: set.length }, (_, i) => i).filter((i) => set.pointCountOf(i) > 0),
  );
  const kept = filled.length === set.length ? set : set.select(filled);
  if (kept.length === 0) throw new ValueError(nothingRead(more.report));
  // The page may have cancelled meanwhile, and then shows those before.
  await new Promise((resolve) => setTimeout(resolve));
  signal.throwIfAborted();
  tracks = kept;
  index = undefined;
  const { message, transfer } = kept.toTransferable("copy");
  return moving({ ...more, columns: { ...message, coordinateSystem: kept.coordinateSystem } }, transfer);
}

function nothingRead(report: LoadedTracks["report"]): string {
  const why = [...(report?.skipped ?? []), ...(report?.damagedFiles ?? [])].map(
    ({ reason, count }) => `${reason} (${count})`,
  );
  return `No tracks were found${why.length === 0 ? "" : `: ${why.join(", ")}`}. Tracks are read from GPX, KML, TCX, FIT, GeoJSON, CSV and Parquet files, and from zips of them.`;
}

const api: TracksApi = {
  sample: async ({ name }, { signal, onProgress }) => {
    onProgress({ phase: "", done: 0, total: 0 });
    const { set, roads } = sampleTracks(name);
    return take(set, roads === undefined ? {} : { roads }, signal);
  },
  read: async ({ files, planar }, { signal, onProgress }) => {
    const { set, report } = await readTrajectories(files, {
      // What is sound is kept; the report says what is not. Coordinates of other systems are brought to degrees.
      lenient: true,
      ...(planar ? { coordinateSystem: "planar" as const } : { crs: "file" }),
      signal,
      onProgress: ({ done, total, file }) => onProgress({ phase: file, done, total }),
    });
    return take(set, { report }, signal);
  },
  cluster: async (input, job) => {
    const set = current();
    return (await clustering()).clusterTracks(set, input, job);
  },
  elbow: async ({ by, max }, job) => {
    const set = current();
    return (await clustering()).elbowOf(set, by, max, job);
  },
  similar: async ({ track, k, distance }, { signal }) => {
    const set = current();
    index ??= new TrajectoryIndex(set);
    const query = set.at(track).coordinates;
    return index.nearest(query, {
      distance: { name: distance },
      k,
      filter: (each) => each !== track,
      signal,
    });
  },
  model: async ({ bytes }, job) => {
    const set = current();
    job.onProgress({ phase: "loading", done: 0, total: 0 });
    const [{ loadModel }, { TripModel }, { clustersOfModel }] = await Promise.all([
      import("../foundation/onnx.js"),
      import("@wayweave/e2dtc/browser"),
      clustering(),
    ]);
    const session = await loadModel(new Uint8Array(bytes));
    try {
      return await clustersOfModel(new TripModel(session), set, job);
    } finally {
      await session.dispose();
    }
  },
  text: async ({ format, labels }) => {
    const set = current();
    return { text: labelled(set, format, labels) };
  },
};

/** Tracks with their clusters, as a file's text. */
function labelled(set: TrajectorySet, format: ExportFormat, labels: Int32Array | undefined): string {
  const name = freeName(set);
  if (format === "geojson") {
    const properties =
      labels === undefined ? {} : { properties: Array.from(labels, (label) => ({ [name]: label })) };
    return JSON.stringify(toGeoJson(set, { ...properties, allowPlanar: true }));
  }
  const options = labels === undefined ? {} : { attributes: { [name]: Array.from(labels) } };
  return format === "gpx" ? toGpx(set, options) : toCsv(set, options);
}

/** `cluster`, or `cluster2` and so on where the tracks have a value of that name. */
function freeName({ properties, pointColumns }: TrajectorySet): string {
  for (let n = 1; ; n++) {
    const name = n === 1 ? "cluster" : `cluster${n}`;
    if (!Object.hasOwn(properties, name) && !Object.hasOwn(pointColumns, name)) return name;
  }
}

serve(self as unknown as Channel, api);

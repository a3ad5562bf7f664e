import { type CoordinateSystem, FormatError, TrajectorySet } from "@wayweave/geo-core";
import { loadCheckpoint, saveCheckpoint } from "@wayweave/nn";
import { shapeSize } from "../retrieval/line-shape.js";
import type { TrackFinderContents } from "../retrieval/track-finder-types.js";
import { keptSamples } from "../retrieval/track-index.js";
import { readingFault, writingFault } from "./file-faults.js";

const format = "wayweave-trajcross-tracks";
const version = 1;

/** Columns of the file, with how many numbers each track has in it; points and offsets have their own. */
const columns = {
  places: ["float64", 3],
  quantiles: ["float32", shapeSize],
  samples: ["float32", 2 * keptSamples],
  lengths: ["float64", 1],
  boxes: ["float64", 4],
} as const;

/** Saves indexed tracks in one file, atomically. @throws {ValueError} a folder is there */
export async function saveTracks(
  file: string,
  { tracks, coordinateSystem }: TrackFinderContents,
): Promise<void> {
  const { set } = tracks;
  const names = Object.keys(columns) as (keyof typeof columns)[];
  const described = names.map((name) => {
    const data = tracks[name];
    return [name, { type: columns[name][0], shape: [data.length], data }] as const;
  });
  await saveCheckpoint(file, {
    tensors: {
      ...Object.fromEntries(described),
      coordinates: { type: "float64", shape: [set.coordinates.length], data: set.coordinates },
      offsets: { type: "int32", shape: [set.offsets.length], data: Int32Array.from(set.offsets) },
    },
    metadata: { format, version, coordinateSystem, ids: Array.from(set, ({ id }) => id) },
  }).catch((error: unknown) => {
    throw writingFault("saveTrackFinder", file, error);
  });
}

/** Loads indexed tracks. @throws {FormatError} a damaged file, or one of something else; names it */
export async function loadTracks(file: string): Promise<TrackFinderContents> {
  const { tensors, metadata } = await loadCheckpoint(file).catch((error: unknown) => {
    throw readingFault(file, error);
  });
  const { ids, coordinateSystem, ...kind } = (metadata ?? {}) as Readonly<Record<string, unknown>>;
  if (kind.format !== format || kind.version !== version) {
    throw new FormatError(`must be tracks indexed by wayweave-trajcross, version ${version}`, { file });
  }
  const column = <T>(name: string, type: string, length?: number): T => {
    const tensor = tensors.get(name);
    const isRight = tensor?.type === type && (length === undefined || tensor.data.length === length);
    if (!isRight) throw new FormatError(`must hold ${length ?? "some"} numbers ${name} of ${type}`, { file });
    return tensor.data as T;
  };
  if (!Array.isArray(ids) || (coordinateSystem !== "lonlat" && coordinateSystem !== "planar")) {
    throw new FormatError("must hold ids and a coordinate system", { file });
  }
  const n = ids.length;
  const offsets = Uint32Array.from(column<Int32Array>("offsets", "int32", n + 1));
  const coordinates = column<Float64Array>("coordinates", "float64");
  const described = Object.entries(columns).map(([name, [type, width]]) => [
    name,
    column(name, type, n * width),
  ]);
  try {
    const set = new TrajectorySet({ coordinates, offsets, ids: ids as string[], coordinateSystem: "planar" });
    const tracks = { ...Object.fromEntries(described), set } as TrackFinderContents["tracks"];
    return { tracks, coordinateSystem: coordinateSystem as CoordinateSystem };
  } catch (cause) {
    throw new FormatError((cause as Error).message, { file }, { cause });
  }
}

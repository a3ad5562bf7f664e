import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { TrajectorySet, ValueError } from "@wayweave/geo-core";
import { readCsv, readGeoJson, readGeoJsonLines, readGpx, readParquet } from "@wayweave/geo-core/node";

export interface ReadTracksOptions {
  readonly coordinateSystem: "lonlat" | "planar";
  readonly signal: AbortSignal;
}

const extensions = [".gpx", ".geojson", ".json", ".geojsonl", ".ndjson", ".csv", ".parquet"];

/** Reads a file of tracks, or all of a folder. @throws {ValueError} nothing that can be read @throws {FormatError} a broken file */
export async function readTracks(source: string, options: ReadTracksOptions): Promise<TrajectorySet> {
  const found = await stat(source).catch((cause: Error) => {
    throw new ValueError(`${source} must be a file or a folder of tracks (${cause.message})`, { cause });
  });
  const files = found.isDirectory()
    ? (await readdir(source)).sort().map((name) => path.join(source, name))
    : [source];
  const kinds = files.map((file) => [file, kindOf(file)] as const).filter(([, kind]) => kind !== undefined);
  if (kinds.length === 0) {
    throw new ValueError(`${source} must hold tracks: ${extensions.join(", ")} (also .gz)`);
  }
  // Readers of GPX take a whole folder, many small files, at once.
  if (found.isDirectory() && kinds.every(([, kind]) => kind === ".gpx"))
    return readOne(source, ".gpx", options);
  const sets: TrajectorySet[] = [];
  for (const [file, kind] of kinds) sets.push(await readOne(file, kind!, options));
  return sets.length === 1 ? sets[0]! : TrajectorySet.concat(sets);
}

function kindOf(file: string): string | undefined {
  const name = file.toLowerCase().replace(/\.gz$/, "");
  return extensions.find((extension) => name.endsWith(extension));
}

async function readOne(
  source: string,
  kind: string,
  { coordinateSystem, signal }: ReadTracksOptions,
): Promise<TrajectorySet> {
  const options = { coordinateSystem, signal };
  switch (kind) {
    case ".gpx":
      return (await readGpx(source, { times: "ignore", signal })).trajectories;
    case ".csv": {
      const [x, y] = coordinateSystem === "lonlat" ? ["lon", "lat"] : ["x", "y"];
      const columns = { layout: "points", id: "id", x: x!, y: y! } as const;
      return (await readCsv(source, { ...options, columns })).trajectories;
    }
    case ".parquet":
      return (await readParquet(source, options)).trajectories;
    case ".geojson":
    case ".json":
      return (await readGeoJson(source, options)).trajectories;
    default:
      return (await readGeoJsonLines(source, options)).trajectories;
  }
}

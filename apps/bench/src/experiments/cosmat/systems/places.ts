import { readFile } from "node:fs/promises";
import { FormatError, Random } from "@wayweave/geo-core";
import type { LoadedData, RunContext } from "../../experiment.js";
import { cityPositions, readCities, syntheticCities } from "../../gmr-tree/systems/objects.js";

interface Places extends LoadedData {
  /** `[places, 2]`, lon/lat */
  readonly positions: Float64Array;
}

/** GeoNames cities; made-up ones where they are not found. */
export function loadCities(context: RunContext): Promise<Places> {
  return context.load("geonames", "cities", async (located) => {
    const positions =
      located === undefined
        ? syntheticCities(new Random(1).split("cities"))
        : await readCities(located.paths[0]!);
    return {
      positions,
      provenance: {
        name: "GeoNames",
        source: located === undefined ? "synthetic" : "real",
        files: located?.files ?? [],
        sha256: located?.sha256 ?? [],
        counts: { cities: positions.length / 2 },
      },
    };
  });
}

/** Places for objects: cities, each moved by some ten kilometres. `[count, 2]` */
export async function loadCityPositions(context: RunContext, count: number): Promise<Float64Array> {
  const { positions } = await loadCities(context);
  const key = `city positions ${count} seed ${context.seed}`;
  return context.share(key, async () => cityPositions(context.random.split(key), count, positions));
}

const ROAD_JITTER_DEGREES = 0.002;

/** Places for objects: nodes of California's roads, each moved by some hundred metres. `[count, 2]` */
export async function loadRoadPositions(context: RunContext, count: number): Promise<Float64Array> {
  const { positions: nodes } = await loadRoadNodes(context);
  const key = `road positions ${count} seed ${context.seed}`;
  return context.share(key, async () => {
    const random = context.random.split(key);
    const positions = new Float64Array(2 * count);
    for (let i = 0; i < positions.length; i += 2) {
      const node = 2 * random.integer(nodes.length / 2);
      positions[i] = nodes[node]! + ROAD_JITTER_DEGREES * random.normal();
      positions[i + 1] = nodes[node + 1]! + ROAD_JITTER_DEGREES * random.normal();
    }
    return positions;
  });
}

/** Nodes of California's roads; points of its bounding box where they are not found. */
function loadRoadNodes(context: RunContext): Promise<Places> {
  return context.load("california-road-nodes", "nodes", async (located) => {
    const random = new Random(1).split("roads");
    const positions =
      located === undefined
        ? Float64Array.from({ length: 4000 }, (_, i) =>
            i % 2 === 0 ? random.uniform(-124, -114) : random.uniform(32, 42),
          )
        : await readRoadNodes(located.paths[0]!);
    return {
      positions,
      provenance: {
        name: "California roads",
        source: located === undefined ? "synthetic" : "real",
        files: located?.files ?? [],
        sha256: located?.sha256 ?? [],
        counts: { nodes: positions.length / 2 },
      },
    };
  });
}

/** Longitude and latitude of every row of `id lon lat`: `[nodes, 2]`. */
async function readRoadNodes(path: string): Promise<Float64Array> {
  const lines = (await readFile(path, "utf8")).split("\n").filter((line) => line.trim() !== "");
  const positions = new Float64Array(2 * lines.length);
  lines.forEach((line, i) => {
    const [, lon, lat] = line.trim().split(/\s+/).map(Number);
    if (!Number.isFinite(lon) || !Number.isFinite(lat)) {
      const message = `must be id, lon and lat, got ${JSON.stringify(line)}`;
      throw new FormatError(message, { file: path, line: i + 1 });
    }
    positions.set([lon!, lat!], 2 * i);
  });
  return positions;
}

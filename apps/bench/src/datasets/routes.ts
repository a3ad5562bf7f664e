import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import { createRoutes, FormatError, type RouteScene, TrajectorySet } from "@wayweave/geo-core";
import type { RunContext } from "../experiments/experiment.js";
import type { LabelledTrips } from "./trips.js";

/** CVRR's sets whose labels are lanes, routes and manoeuvres. */
export const cvrrNames = ["LABOMNI", "I5SIM", "I5SIM3"] as const;
/** Scenes of `createRoutes`. */
export const routeSceneNames = ["motorway", "crossing", "room", "town"] as const satisfies RouteScene[];
export const routeSetNames = [...cvrrNames, ...routeSceneNames] as const;
export type RouteSetName = (typeof routeSetNames)[number];

/** What stands in where a CVRR set is not found: a scene like it, with as many tracks and routes. */
const standIns = {
  LABOMNI: { scene: "room", seed: 11, trips: 209, routes: 15 },
  I5SIM: { scene: "motorway", seed: 12, trips: 800, routes: 8 },
  I5SIM3: { scene: "motorway", seed: 13, trips: 1600, routes: 16 },
} as const;

/** Trips with the route that each took. */
export function loadRoutes(context: RunContext, name: RouteSetName): Promise<LabelledTrips> {
  const at = (cvrrNames as readonly string[]).indexOf(name);
  if (at < 0) {
    const scene = name as RouteScene;
    return context.load(null, `routes ${scene}`, async () =>
      syntheticRoutes(name, { scene, seed: routeSceneNames.indexOf(scene) + 1, trips: 600 }),
    );
  }
  const cvrr = name as keyof typeof standIns;
  return context.load("cvrr", name, async (located) => {
    if (located === undefined) return syntheticRoutes(name, standIns[cvrr]);
    const { set, labels } = parseCvrr(gunzipSync(await readFile(located.paths[at]!)).toString(), name);
    const counts = { trips: set.length, points: set.pointCount };
    const k = new Set(labels).size;
    const [files, sha256] = [[located.files[at]!], [located.sha256[at]!]];
    return { set, labels, k, provenance: { name, source: "real", files, sha256, counts } };
  });
}

function syntheticRoutes(name: string, options: Parameters<typeof createRoutes>[0]): LabelledTrips {
  const { set, labels, routes } = createRoutes(options);
  const counts = { trips: set.length, points: set.pointCount };
  return {
    set,
    labels,
    k: routes,
    provenance: { name, source: "synthetic", files: [], sha256: [], counts },
  };
}

/** Rows `id,x,y,label` of tracks one after another. @throws {FormatError} a row of another form */
export function parseCvrr(text: string, file: string): { set: TrajectorySet; labels: Uint32Array } {
  const [, ...lines] = text.trim().split(/\r?\n/);
  const tracks = new Map<string, { readonly points: [number, number][]; readonly label: string }>();
  for (const [at, line] of lines.entries()) {
    const [id, x, y, label] = line.split(",");
    const point: [number, number] = [Number(x), Number(y)];
    if (label === undefined || x === "" || y === "" || !point.every(Number.isFinite)) {
      throw new FormatError(`a row must be id,x,y,label, got ${JSON.stringify(line)}`, {
        file,
        line: at + 2,
      });
    }
    const track = tracks.get(id!) ?? { points: [], label };
    track.points.push(point);
    tracks.set(id!, track);
  }
  const all = [...tracks.values()];
  const names = [...new Set(all.map(({ label }) => label))].sort((a, b) => Number(a) - Number(b));
  return {
    set: TrajectorySet.fromArrays(
      all.map(({ points }) => points),
      { coordinateSystem: "planar" },
    ),
    labels: Uint32Array.from(all, ({ label }) => names.indexOf(label)),
  };
}

import { dirname } from "node:path";
import { selectCenters } from "@wayweave/e2dtc";
import { readAuthorsLabels } from "@wayweave/e2dtc/node";
import type { RunContext } from "../experiments/experiment.js";
import { syntheticTrips } from "./synthetic-trips.js";
import { type LabelledTrips, labelTrips } from "./trips.js";

export const authorsGeoLifeName = "GeoLife (authors' labels)";

/** The set that the authors of E2DTC published: cell centres in place of points, and their labels. */
export interface AuthorsGeoLife extends LabelledTrips {
  /** The authors' cluster centres, interleaved, `[k × 2]`. */
  readonly centers: Float64Array;
}

/** The authors' set; a synthetic city's trips, labelled by Algorithm 2, where it is not found. */
export function loadAuthorsGeoLife(context: RunContext): Promise<AuthorsGeoLife> {
  return context.load("geolife-authors", "authors", async (located) => {
    if (located === undefined) return syntheticAuthors();
    const { set, labels, centers } = await readAuthorsLabels(dirname(located.paths[0]!));
    const counts = { trips: set.length, points: set.pointCount };
    return {
      set,
      labels,
      centers,
      k: centers.length / 2,
      provenance: {
        name: authorsGeoLifeName,
        source: "real",
        files: located.files,
        sha256: located.sha256,
        counts,
      },
    };
  });
}

function syntheticAuthors(): AuthorsGeoLife {
  const k = 12;
  const trips = syntheticTrips(authorsGeoLifeName, { seed: 4, hubs: k, center: [116.4, 39.9] });
  return { ...labelTrips(trips, k), centers: selectCenters(trips.set, { k }) };
}

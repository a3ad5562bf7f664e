import type { Format } from "../../reading/run.js";
import type { TrajectoryBatch } from "../../reading/stream.js";
import { readXml } from "../xml/read-xml.js";
import { KmlHandler } from "./kml-handler.js";

const KML = { root: "kml", name: "KML", reason: "not KML" } as const;

/** KML: each LineString and each `gx:Track` is a trajectory; a record is one of them, or a placemark without. */
export function kmlFormat(where: string): Format<undefined, TrajectoryBatch> {
  return {
    where,
    coordinateSystem: "lonlat",
    accepts: (name) => /\.kml$/i.test(name),
    read: (file, reading) =>
      readXml(file, reading, KML, (line) => new KmlHandler(file.label, reading.collector, line)),
    toBatch: ({ trajectories }) => ({ trajectories }),
  };
}

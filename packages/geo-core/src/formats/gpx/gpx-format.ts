import { checkOptions } from "../../foundation/check-options.js";
import {
  type CrsOptions,
  type StreamOptions,
  type TimeOptions,
  TRACK_OPTION_NAMES,
} from "../../reading/options.js";
import type { Format } from "../../reading/run.js";
import type { TrajectoryBatch } from "../../reading/stream.js";
import { readXml } from "../xml/read-xml.js";
import { GpxHandler, type GpxTrack } from "./gpx-handler.js";

/** How {@link readGpx} takes times and coordinates. */
export type GpxOptions = TimeOptions & CrsOptions;

/** Part of a GPX data set. */
export interface GpxBatch extends TrajectoryBatch {
  /** `[trajectories]` */
  readonly tracks: readonly GpxTrack[];
}

const GPX = { root: "gpx", name: "GPX", reason: "not GPX" } as const;

export function gpxFormat(where: string, options: StreamOptions & GpxOptions): Format<GpxTrack, GpxBatch> {
  checkOptions(where, options, TRACK_OPTION_NAMES);
  return {
    where,
    coordinateSystem: "lonlat",
    accepts: (name) => /\.gpx$/i.test(name),
    read: (file, reading) =>
      readXml(file, reading, GPX, (line) => new GpxHandler(file.label, reading.collector, line)),
    toBatch: ({ trajectories, attributes }) => ({ trajectories, tracks: attributes }),
  };
}

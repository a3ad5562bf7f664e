import { checkOptions } from "../../foundation/check-options.js";
import { checkOneOf } from "../../foundation/validate.js";
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

/** How {@link readGpx} takes segments, times and coordinates. */
export interface GpxOptions extends TimeOptions, CrsOptions {
  /**
   * Whether each segment of a track is a trajectory, or the whole track: devices begin a segment after every pause, or where they lost the
   * signal. @defaultValue "separate"
   */
  readonly segments?: GpxSegments;
}

/** What becomes of a track's segments: a trajectory each, or one of all. */
export type GpxSegments = (typeof GPX_SEGMENTS)[number];

/** All of {@link GpxSegments}. */
export const GPX_SEGMENTS = ["separate", "join"] as const;

/** Part of a GPX data set. */
export interface GpxBatch extends TrajectoryBatch {
  /** `[trajectories]` */
  readonly tracks: readonly GpxTrack[];
}

const GPX = { root: "gpx", name: "GPX", reason: "not GPX" } as const;

export function gpxFormat(where: string, options: StreamOptions & GpxOptions): Format<GpxTrack, GpxBatch> {
  checkOptions(where, options, [...TRACK_OPTION_NAMES, "segments"]);
  const { segments = "separate" } = options;
  checkOneOf(where, "segments", segments, GPX_SEGMENTS);
  return {
    where,
    coordinateSystem: "lonlat",
    accepts: (name) => /\.gpx$/i.test(name),
    read: (file, reading) =>
      readXml(file, reading, GPX, (line) => new GpxHandler(file.label, reading.collector, line, segments)),
    toBatch: ({ trajectories, attributes }) => ({ trajectories, tracks: attributes }),
  };
}

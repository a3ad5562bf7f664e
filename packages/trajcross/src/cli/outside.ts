import { type PlanarExtent, WEB_MERCATOR_LIMIT_METERS, webMercator } from "@wayweave/geo-core";
import type { TrackFinderContents } from "../retrieval/track-finder-types.js";
import { TrackIndex } from "../retrieval/track-index.js";
import { extentOf, worldShifts } from "../retrieval/world.js";
import type { Corners } from "./corners.js";

/** What is told where no track lies within the picture, as where its corners are in another order; nothing where one does. */
export function outsideNote(
  { tracks, coordinateSystem }: TrackFinderContents,
  corners: Corners,
): string | undefined {
  const isLonLat = coordinateSystem === "lonlat";
  const all = new TrackIndex(tracks).extent;
  const shown = worldShifts(extentOf("find", [...corners], coordinateSystem), all, coordinateSystem);
  const { boxes } = tracks;
  for (let i = 0; i < boxes.length; i += 4) {
    const box = boxes.subarray(i, i + 4) as unknown as PlanarExtent;
    if (shown.some((extent) => touch(extent, box))) return undefined;
  }
  const order = isLonLat
    ? "west,south,east,north: longitude comes first"
    : "west,south,east,north: x comes first";
  const own = isLonLat ? inDegrees(all) : all;
  return `no track lies within the picture's corners ${digits(corners)} (${order}); the tracks lie within ${digits(own)}`;
}

function touch(a: PlanarExtent, b: PlanarExtent): boolean {
  return a[0] <= b[2] && a[2] >= b[0] && a[1] <= b[3] && a[3] >= b[1];
}

/** Tracks across the antimeridian go on beyond the world's edge: their box in longitudes, west > east across it. */
function inDegrees([left, bottom, right, top]: PlanarExtent): PlanarExtent {
  const around = 2 * WEB_MERCATOR_LIMIT_METERS;
  const isAllAround = right - left >= around;
  const inWorld = (x: number) => x - around * Math.round(x / around);
  const [west, south] = webMercator.inverse([isAllAround ? -around / 2 : inWorld(left), bottom]);
  const [east, north] = webMercator.inverse([isAllAround ? around / 2 : inWorld(right), top]);
  return [west, south, east, north];
}

function digits(values: readonly number[]): string {
  return values.map((value) => Number(value.toFixed(4))).join(",");
}

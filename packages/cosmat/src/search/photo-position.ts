import { isUint8Array, type Position } from "@wayweave/geo-core";
import exifr from "exifr";

/**
 * Where a photo was taken, by its EXIF data: longitude and latitude.
 *
 * @param photo a path, bytes, or whatever else: that has no position
 * @returns undefined where the photo says nothing of it, or what it says is no place
 */
export async function photoPosition(photo: unknown): Promise<Position | undefined> {
  if (typeof photo !== "string" && !isUint8Array(photo)) return undefined;
  // Unreadable files are the encoder's to name.
  const found = await exifr.gps(photo).catch(() => undefined);
  if (found === undefined) return undefined;
  const { longitude, latitude } = found;
  const isPlace = Number.isFinite(longitude) && Math.abs(longitude) <= 180 && Math.abs(latitude) <= 90;
  return isPlace ? [longitude, latitude] : undefined;
}

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
  // Unreadable files are the encoder's to name. The bytes are read here: of a path, exifr leaves an empty file open.
  const bytes = typeof photo === "string" ? await bytesOf(photo) : photo;
  if (bytes === undefined || bytes.length === 0) return undefined;
  const found = await exifr.gps(bytes).catch(() => undefined);
  if (found === undefined) return undefined;
  const { longitude, latitude } = found;
  const isPlace = Number.isFinite(longitude) && Math.abs(longitude) <= 180 && Math.abs(latitude) <= 90;
  return isPlace ? [longitude, latitude] : undefined;
}

async function bytesOf(path: string): Promise<Uint8Array | undefined> {
  // Loaded when a path comes: bytes need no file system.
  const { promises } = await import("node:fs");
  return promises.readFile(path).catch(() => undefined);
}

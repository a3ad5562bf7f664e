import { FormatError, isError, isUint8Array, type Position, ValueError } from "@wayweave/geo-core";
import exifr from "exifr";

/** Where a photo was taken, or why that is not known: what follows "no position is given, and". */
export type PhotoPlace = { readonly position: Position } | { readonly fault: string };

const FIELDS = ["GPSLatitude", "GPSLatitudeRef", "GPSLongitude", "GPSLongitudeRef"] as const;

/**
 * Where a photo was taken, by its EXIF data: longitude and latitude.
 *
 * @param photo a path or bytes
 * @returns undefined where the photo says nothing of it, or what it says is no place: without north or south, east or west too
 * @throws {ValueError} neither a path nor bytes
 * @throws {FormatError} a file that cannot be read
 */
export async function photoPosition(photo: string | Uint8Array): Promise<Position | undefined> {
  if (typeof photo === "string" ? photo === "" : !isUint8Array(photo)) {
    const got = photo === "" ? "an empty string" : photo === null ? "null" : typeof photo;
    throw new ValueError(`photoPosition: photo must be a file's path or its bytes, got ${got}`);
  }
  const bytes = typeof photo === "string" ? await bytesOf(photo) : photo;
  if (isError(bytes)) {
    throw new FormatError(
      `must be a file that can be read, got ${bytes.message}`,
      { file: String(photo) },
      { cause: bytes },
    );
  }
  const place = await placeIn(bytes);
  return "position" in place ? place.position : undefined;
}

/** {@link photoPosition} of whatever an encoder takes, with the reason where there is none. */
export async function photoPlace(photo: unknown): Promise<PhotoPlace> {
  if (typeof photo !== "string" && !isUint8Array(photo)) return { fault: NONE };
  const bytes = typeof photo === "string" ? await bytesOf(photo) : photo;
  return isError(bytes) ? { fault: `the photo cannot be read (${bytes.message})` } : placeIn(bytes);
}

const NONE = "the photo's EXIF data has none";
const UNREAD = "no EXIF data can be read from the photo";

/** The bytes are read here: of a path, exifr leaves an empty file open. */
async function bytesOf(path: string): Promise<Uint8Array | Error> {
  // Loaded when a path comes: bytes need no file system.
  const { promises } = await import("node:fs");
  return promises.readFile(path).catch((error: Error) => error);
}

async function placeIn(bytes: Uint8Array): Promise<PhotoPlace> {
  const data = exifOfWebp(bytes) ?? bytes;
  if (data.length === 0) return { fault: NONE };
  let found: Partial<Record<(typeof FIELDS)[number], unknown>> | undefined;
  try {
    found = await exifr.parse(data, { pick: [...FIELDS] });
  } catch {
    return { fault: UNREAD };
  }
  const latitude = angle(found?.GPSLatitude);
  const longitude = angle(found?.GPSLongitude);
  if (latitude === undefined || longitude === undefined) {
    // exifr says so instead of throwing.
    return { fault: (found as { errors?: unknown } | undefined)?.errors === undefined ? NONE : UNREAD };
  }
  if (latitude === 0 && longitude === 0) {
    return { fault: "the photo's EXIF data has 0° and 0°, as devices write where they know no place" };
  }
  const north = sign(found?.GPSLatitudeRef, "N", "S");
  if (north === undefined) return { fault: unsigned("north nor south", "GPSLatitudeRef", found) };
  const east = sign(found?.GPSLongitudeRef, "E", "W");
  if (east === undefined) return { fault: unsigned("east nor west", "GPSLongitudeRef", found) };
  // NaN too
  if (!(Math.abs(longitude) <= 180 && Math.abs(latitude) <= 90)) {
    return { fault: `the photo's EXIF data has no place on earth, but ${latitude}° and ${longitude}°` };
  }
  return { position: [east * longitude, north * latitude] };
}

/** Degrees, of degrees, minutes and seconds; those that are missing are 0. */
function angle(value: unknown): number | undefined {
  const parts = typeof value === "number" ? [value] : value;
  if (!Array.isArray(parts) || parts.length === 0 || parts.length > 3) return undefined;
  // Seconds of 0/0 are none.
  const known = parts.length === 3 && Number.isNaN(Number(parts[2])) ? parts.slice(0, 2) : parts;
  return known.reduceRight((sum: number, part: unknown) => sum / 60 + Number(part), 0);
}

function sign(value: unknown, plus: string, minus: string): 1 | -1 | undefined {
  const letter = String(value).trim().toUpperCase();
  return letter === plus ? 1 : letter === minus ? -1 : undefined;
}

function unsigned(neither: string, field: "GPSLatitudeRef" | "GPSLongitudeRef", found: object | undefined) {
  const value = (found as Record<string, unknown> | undefined)?.[field];
  const got = value === undefined ? "is missing" : `is ${JSON.stringify(value)}`;
  return `the photo's EXIF data says neither ${neither} (${field} ${got})`;
}

/** The EXIF data of a WebP, which exifr does not look for: a chunk of that name in the RIFF file. */
function exifOfWebp(bytes: Uint8Array): Uint8Array | undefined {
  if (textAt(bytes, 0) !== "RIFF" || textAt(bytes, 8) !== "WEBP") return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 12; at + 8 <= bytes.length; ) {
    const length = view.getUint32(at + 4, true);
    if (textAt(bytes, at) === "EXIF") {
      const start = textAt(bytes, at + 8) === "Exif" ? at + 14 : at + 8;
      return bytes.subarray(start, at + 8 + length);
    }
    at += 8 + length + (length % 2);
  }
  return new Uint8Array(0);
}

function textAt(bytes: Uint8Array, start: number): string {
  return String.fromCharCode(...bytes.subarray(start, start + 4));
}

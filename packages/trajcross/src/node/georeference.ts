import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { type CoordinateSystem, FormatError, type PlanarExtent } from "@wayweave/geo-core";

/** What part of the earth or the plane an image file shows. */
export interface Georeference {
  /** Left, bottom, right, top: of the outer edges, not of pixel centres. */
  readonly extent: PlanarExtent;
  readonly coordinateSystem: CoordinateSystem;
}

/** The content of a JSON sidecar: where the image's corners lie, `[x, y]` in metres or `[lon, lat]` in degrees. */
export interface ImageSidecar {
  /** The outer corner of the first pixel of the first row. */
  readonly upperLeft: readonly [number, number];
  /** The outer corner of the last pixel of the last row. */
  readonly lowerRight: readonly [number, number];
  /** `lonlat`: the corners are degrees. `planar`: metres. */
  readonly coordinateSystem: CoordinateSystem;
}

/** World files by the image's extension. */
const worldExtensions: Readonly<Record<string, readonly string[]>> = {
  ".png": [".pgw", ".pngw", ".wld"],
  ".jpg": [".jgw", ".jpgw", ".wld"],
  ".jpeg": [".jgw", ".jpegw", ".wld"],
  ".webp": [".wpw", ".webpw", ".wld"],
  ".tif": [".tfw", ".tifw", ".wld"],
  ".tiff": [".tfw", ".tiffw", ".wld"],
};

/** The files beside an image that may say where it lies, in the order they are looked for. */
export function sidecarsOf(image: string): string[] {
  const { dir, name, ext } = path.parse(image);
  return [".json", ...(worldExtensions[ext.toLowerCase()] ?? [])].map((sidecar) =>
    path.join(dir, name + sidecar),
  );
}

/**
 * Reads where an image lies from the JSON sidecar or the world file beside it.
 *
 * @param size the image's, in pixels
 * @param worldSystem what a world file's numbers are, which it does not say itself
 * @throws {FormatError} none of these files, or a broken one; names the file
 */
export async function readGeoreference(
  image: string,
  size: { readonly width: number; readonly height: number },
  worldSystem: CoordinateSystem,
): Promise<Georeference> {
  const notes: string[] = [];
  const found = await findGeoreference(image, size, worldSystem, (note) => notes.push(note));
  if (found !== undefined) return found;
  const names = sidecarsOf(image)
    .map((file) => path.basename(file))
    .join(", ");
  const text = [`one of ${names} must lie beside it and say what part of the plane it shows`, ...notes];
  throw new FormatError(text.join("; "), { file: path.basename(image) });
}

/**
 * As {@link readGeoreference}, but absent where no file beside the image says where it lies.
 *
 * @param onForeign told of a JSON file that is something else than a sidecar, as photo services write them: it is passed over
 */
export async function findGeoreference(
  image: string,
  size: { readonly width: number; readonly height: number },
  worldSystem: CoordinateSystem,
  onForeign: (note: string) => void,
): Promise<Georeference | undefined> {
  for (const found of sidecarsOf(image)) {
    if (!existsSync(found)) continue;
    const text = (await readFile(found, "utf8")).replace(/^\ufeff/, "");
    const file = path.basename(found);
    if (!found.endsWith(".json")) {
      return { extent: parseWorldFile(text, size, file), coordinateSystem: worldSystem };
    }
    const sidecar = parseSidecar(text, file);
    if (sidecar !== undefined) return sidecar;
    onForeign(`${file} does not say where the picture lies: it has none of ${sidecarKeys.join(", ")}`);
  }
  return undefined;
}

const sidecarKeys = ["upperLeft", "lowerRight", "coordinateSystem"] as const satisfies (keyof ImageSidecar)[];

/** Absent where the text has none of a sidecar's keys, be it JSON or not. */
function parseSidecar(text: string, file: string): Georeference | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    if (!sidecarKeys.some((key) => text.includes(`"${key}"`))) return undefined;
    throw new FormatError(`must be JSON: ${(cause as Error).message}`, { file }, { cause });
  }
  if (typeof value !== "object" || value === null) return undefined;
  if (!sidecarKeys.some((key) => Object.hasOwn(value, key))) return undefined;
  const { upperLeft, lowerRight, coordinateSystem } = value as Partial<Record<keyof ImageSidecar, unknown>>;
  if (coordinateSystem !== "lonlat" && coordinateSystem !== "planar") {
    throw new FormatError(
      `coordinateSystem must be "lonlat" or "planar", got ${JSON.stringify(coordinateSystem)}`,
      { file },
    );
  }
  const [left, top] = corner("upperLeft", upperLeft, file);
  const [right, bottom] = corner("lowerRight", lowerRight, file);
  return { extent: checkedExtent([left, bottom, right, top], file), coordinateSystem };
}

function corner(name: string, value: unknown, file: string): [number, number] {
  if (!Array.isArray(value) || value.length !== 2 || !value.every(Number.isFinite)) {
    throw new FormatError(`${name} must be two numbers, got ${JSON.stringify(value)}`, { file });
  }
  return value as [number, number];
}

/**
 * An ESRI world file: six lines A, D, B, E, C, F, where x = A·column + B·row + C and y = D·column + E·row + F give the **centre**
 * of a pixel.
 */
function parseWorldFile(
  text: string,
  { width, height }: { readonly width: number; readonly height: number },
  file: string,
): PlanarExtent {
  const lines = text.trim().split(/\s+/);
  const numbers = lines.map(Number);
  if (numbers.length !== 6 || !numbers.every(Number.isFinite)) {
    throw new FormatError(
      `a world file must hold six numbers, got ${JSON.stringify(lines.join(" ").slice(0, 80))}`,
      { file },
    );
  }
  const [a, d, b, e, c, f] = numbers as [number, number, number, number, number, number];
  if (b !== 0 || d !== 0) {
    throw new FormatError(`a world file's rotation (lines 2 and 3) must be 0, got ${d} and ${b}`, { file });
  }
  const [left, top] = [c - a / 2, f - e / 2];
  return checkedExtent([left, top + height * e, left + width * a, top], file);
}

/** @throws {FormatError} edges in the wrong order */
export function checkedExtent(extent: PlanarExtent, file: string): PlanarExtent {
  const [left, bottom, right, top] = extent;
  if (!(left < right && bottom < top)) {
    throw new FormatError(
      `the left edge must lie left of the right one and the lower edge below the upper one, got [${extent.join(", ")}]`,
      { file },
    );
  }
  return extent;
}

/** The world file of an extent: {@link parseWorldFile}'s inverse. */
export function worldFileOf([left, bottom, right, top]: PlanarExtent, size: number): string {
  const [a, e] = [(right - left) / size, (bottom - top) / size];
  return `${[a, 0, 0, e, left + a / 2, top + e / 2].join("\n")}\n`;
}

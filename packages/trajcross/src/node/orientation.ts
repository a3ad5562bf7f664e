import type { Raster } from "../data/resize.js";
import type { PictureKind } from "./picture-kind.js";

/**
 * How a picture's pixels are turned and mirrored in its file, as EXIF numbers it, from 1 (upright) to 8. The first row of the file is shown at the
 * top (1, 2), at the bottom (3, 4), at the left (5, 8) or at the right (6, 7).
 */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/** The orientation that the EXIF block of a JPEG, PNG or WebP file tells; 1 where there is none, or a damaged one. */
export function orientationOf(bytes: Uint8Array, kind: PictureKind): Orientation {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const at = exifAt(view, kind);
    return at === undefined ? 1 : orientationInTiff(view, at);
  } catch (error) {
    // Read beyond the end: whether the pixels are whole is for the decoder to say.
    if ((error as Error).name === "RangeError") return 1;
    throw error;
  }
}

function exifAt(view: DataView, kind: PictureKind): number | undefined {
  if (kind === "jpeg") return exifOfJpeg(view);
  if (kind === "png") return chunkAt(view, { first: 8, name: "eXIf", littleEndian: false, around: 12 });
  if (kind === "webp") return chunkAt(view, { first: 12, name: "EXIF", littleEndian: true, around: 8 });
  return undefined;
}

/** Segments: a marker of two bytes, then a length that counts its own two. */
function exifOfJpeg(view: DataView): number | undefined {
  let at = 2;
  while (at + 4 <= view.byteLength && view.getUint8(at) === 0xff) {
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at++; // bytes that fill up
      continue;
    }
    if (marker === 0xda) return undefined; // the pixels begin
    if (marker === 0xe1 && isExif(view, at + 4)) return at + 10;
    at += 2 + view.getUint16(at + 2);
  }
  return undefined;
}

/** `Exif`, and two bytes 0. */
function isExif(view: DataView, at: number): boolean {
  return view.getUint32(at) === 0x45786966 && view.getUint16(at + 4) === 0;
}

interface ChunkSearch {
  readonly first: number;
  readonly name: string;
  readonly littleEndian: boolean;
  /** Bytes of a chunk besides its data: of PNG length, name and checksum, of WebP name and length. */
  readonly around: number;
}

function chunkAt(view: DataView, { first, name, littleEndian, around }: ChunkSearch): number | undefined {
  // PNG writes a chunk's length before its name, WebP after it and an even number of bytes.
  const [nameAt, lengthAt] = littleEndian ? [0, 4] : [4, 0];
  let at = first;
  while (at + 8 <= view.byteLength) {
    const own = String.fromCharCode(...[0, 1, 2, 3].map((i) => view.getUint8(at + nameAt + i)));
    // Some programs write JPEG's mark before it.
    if (own === name) return isExif(view, at + 8) ? at + 14 : at + 8;
    const length = view.getUint32(at + lengthAt, littleEndian);
    at += around + (littleEndian ? length + (length % 2) : length);
  }
  return undefined;
}

/** EXIF is a TIFF: byte order, where the first directory lies, its entries of 12 bytes, of which tag 274 is the orientation. */
function orientationInTiff(view: DataView, start: number): Orientation {
  const littleEndian = view.getUint16(start) === 0x4949;
  const directory = start + view.getUint32(start + 4, littleEndian);
  const entries = view.getUint16(directory, littleEndian);
  for (let i = 0; i < entries; i++) {
    const entry = directory + 2 + 12 * i;
    if (view.getUint16(entry, littleEndian) === 274)
      return checkedOrientation(view.getUint16(entry + 8, littleEndian));
  }
  return 1;
}

/** A number that a file tells; others than 1 to 8 have no meaning, and programs show such pictures as they are. */
export function checkedOrientation(value: unknown): Orientation {
  return typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= 8
    ? (value as Orientation)
    : 1;
}

/** Whether the file's first row is shown at a side, so that width and height change places. */
function isSideways(orientation: Orientation): boolean {
  return orientation >= 5;
}

/** A picture as it is to be seen. */
export function upright(picture: Raster, orientation: Orientation): Raster {
  if (orientation === 1) return picture;
  const { width, height, data, channels } = picture;
  const [across, down] = isSideways(orientation) ? [height, width] : [width, height];
  // The source's columns run against the way they are shown in 2, 3, 7 and 8, its rows in 3, 4, 6 and 7.
  const [isColumnBack, isRowBack] = [[2, 3, 7, 8].includes(orientation), [3, 4, 6, 7].includes(orientation)];
  const out = new Uint8Array(data.length);
  for (let y = 0, to = 0; y < down; y++) {
    for (let x = 0; x < across; x++) {
      const [u, v] = isSideways(orientation) ? [y, x] : [x, y];
      const from = (isRowBack ? height - 1 - v : v) * width + (isColumnBack ? width - 1 - u : u);
      for (let c = 0; c < channels; c++) out[to++] = data[from * channels + c]!;
    }
  }
  return { width: across, height: down, channels, data: out };
}

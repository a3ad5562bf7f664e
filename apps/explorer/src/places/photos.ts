import exifr from "exifr";
import { baseName, type Drafts } from "./drafts.js";

/** Names that cameras and telephones give. */
const NOT_WORDS = new Set([
  "img",
  "dsc",
  "dscn",
  "dscf",
  "pxl",
  "mvimg",
  "photo",
  "image",
  "picture",
  "jpg",
  "jpeg",
  "heic",
]);

/** EXIF, IPTC and XMP take at most 64 KiB each. */
const JPEG_HEAD_BYTES = 2 ** 19;

/** What is read of a photo: where it was taken, and what people and programs wrote into it. */
const WANTED = { gps: true, exif: true, ifd0: {}, iptc: true, xmp: true, mergeOutput: true } as const;

/**
 * Takes a photo: its position, words and rating by its EXIF, IPTC and XMP data, else words by a text of the same name beside it, its own name and that of its folder.
 */
export async function readPhoto(
  name: string,
  photo: Blob,
  beside: string | undefined,
  drafts: Drafts,
): Promise<void> {
  let tags: Readonly<Record<string, unknown>> = {};
  try {
    tags = (await exifr.parse(await bytesOf(photo), WANTED)) ?? {};
  } catch {
    // It may be told where it was taken by a table.
    drafts.mend("photo whose data cannot be read", name);
  }
  const { latitude, longitude } = tags;
  const said = [
    "title",
    "Headline",
    "ImageDescription",
    "description",
    "Caption",
    "subject",
    "Keywords",
  ].flatMap((tag) => textsOf(tags[tag]));
  const words = [...new Set([...(beside === undefined ? [] : [beside.trim()]), ...said])];
  const rating = Number(tags.Rating);
  drafts.add({
    name: name.slice(name.lastIndexOf("/") + 1),
    text: (words.length > 0 ? words : wordsOfPath(name)).join(", "),
    position:
      typeof longitude === "number" && typeof latitude === "number" ? [longitude, latitude] : undefined,
    kind: folderOf(name),
    rating: rating >= 1 && rating <= 5 ? rating : undefined,
    photo,
    at: name,
  });
}

/** A JPEG's head, where its data lie, instead of megabytes of picture; files of other kinds whole. */
async function bytesOf(photo: Blob): Promise<ArrayBuffer> {
  const head = await photo.slice(0, JPEG_HEAD_BYTES).arrayBuffer();
  const isJpeg = head.byteLength > 2 && new DataView(head).getUint16(0) === 0xffd8;
  return isJpeg ? head : photo.arrayBuffer();
}

/** Texts of a tag: a string, several, or one in a language. */
function textsOf(value: unknown): string[] {
  if (typeof value === "string") return value.trim() === "" ? [] : [value.trim()];
  if (Array.isArray(value)) return value.flatMap(textsOf);
  return typeof value === "object" && value !== null && "value" in value ? textsOf(value.value) : [];
}

function wordsOfPath(path: string): string[] {
  const words = path.replace(/\.[^./]*$/, "").split(/[^\p{L}]+/u);
  return [...new Set(words.filter((word) => word.length > 2 && !NOT_WORDS.has(word.toLowerCase())))];
}

function folderOf(path: string): string {
  const folders = path.slice(0, -baseName(path).length).split("/").filter(Boolean);
  return folders.at(-1) ?? "photo";
}

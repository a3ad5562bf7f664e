/** What {@link decodePicture} reads. */
export type PictureKind = "png" | "jpeg" | "webp" | "avif" | "gif";

/** As messages name them. */
export const pictureNames = {
  png: "PNG",
  jpeg: "JPEG",
  webp: "WebP",
  avif: "AVIF",
  gif: "GIF",
} as const satisfies Record<PictureKind, string>;

/** What a file is by its first bytes. */
export function pictureKind(bytes: Uint8Array): PictureKind | undefined {
  const text = (from: number, to: number) => String.fromCharCode(...bytes.subarray(from, to));
  if (text(1, 4) === "PNG") return "png";
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return "jpeg";
  if (text(0, 4) === "RIFF" && text(8, 12) === "WEBP") return "webp";
  if (text(4, 8) === "ftyp" && /^avi[fs]$/.test(text(8, 12))) return "avif";
  return /^GIF8[79]a$/.test(text(0, 6)) ? "gif" : undefined;
}

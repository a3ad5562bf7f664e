/** Names of photos that are read. */
export const photoExtensions: ReadonlySet<string> = new Set(
  ".jpg .jpeg .jpe .jfif .jif .png .webp .tif .tiff .avif .gif".split(" "),
);

/** What cameras and programs write too, and no decoder at hand reads: told, never left out in silence. */
export const unreadExtensions: ReadonlySet<string> = new Set(
  ".heic .heif .hif .dng .cr2 .cr3 .crw .nef .nrw .arw .sr2 .srf .orf .raf .rw2 .rwl .pef .srw .x3f .3fr .iiq .erf .kdc .dcr .mrw .bmp .jxl .jp2".split(
    " ",
  ),
);

const AVIF = new Set(["avif", "avis"]);
const HEIC = new Set(["heic", "heix", "heim", "heis", "hevc", "mif1", "msf1"]);

/**
 * What a file is by its first bytes.
 *
 * @param bytes 16, or all where it is shorter
 * @param extension in lower case, with its dot; raw files begin as TIFF does, which is a photo where there is none
 * @returns undefined where it is no photo
 */
export function kindOf(bytes: Uint8Array, extension: string): "photo" | "unread" | undefined {
  const text = String.fromCharCode(...bytes);
  if (text.startsWith("\xff\xd8\xff") || text.startsWith("\x89PNG\r\n\x1a\n")) return "photo";
  if (/^GIF8[79]a/.test(text) || /^RIFF[\s\S]{4}WEBP/.test(text)) return "photo";
  if (extension === "" && (text.startsWith("II*\0") || text.startsWith("MM\0*"))) return "photo";
  if (text.slice(4, 8) !== "ftyp") return undefined;
  const brand = text.slice(8, 12);
  return AVIF.has(brand) ? "photo" : HEIC.has(brand) ? "unread" : undefined;
}

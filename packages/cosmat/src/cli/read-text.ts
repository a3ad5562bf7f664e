import { readFile } from "node:fs/promises";

/**
 * A file's text in UTF-8, or in UTF-16 where a byte-order mark says so. Bytes that are neither are those of older systems as a rule, in
 * Windows-1252, which is told.
 */
export async function readText(path: string): Promise<string> {
  const bytes = await readFile(path);
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    tell(`${path} is no UTF-8 and was read as Windows-1252`);
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

/** A file's name as it is compared: systems write é as one character or as two. */
export function sameName(name: string): string {
  return name.normalize("NFC");
}

/** A note for who runs the command. */
export function tell(note: string): void {
  process.stderr.write(`note: ${note}\n`);
}

import { readFile } from "node:fs/promises";

/** A file's text in UTF-8. Bytes that are none are those of older systems as a rule, in Windows-1252, which is told. */
export async function readText(path: string): Promise<string> {
  const bytes = await readFile(path);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    tell(`${path} is no UTF-8 and was read as Windows-1252`);
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

/** A note for who runs the command. */
export function tell(note: string): void {
  process.stderr.write(`note: ${note}\n`);
}

import { basename } from "node:path";
import { FormatError } from "@wayweave/geo-core";
import { loadCheckpoint } from "@wayweave/nn";

/** A checkpoint from a file. @throws {FormatError} no such file, or no checkpoint */
export async function openCheckpoint(file: string): ReturnType<typeof loadCheckpoint> {
  try {
    return await loadCheckpoint(file);
  } catch (cause) {
    const { code, syscall } = cause as NodeJS.ErrnoException;
    if (code === undefined || syscall === undefined) throw cause;
    throw new FormatError(
      `must be a file that can be read, got ${code}`,
      { file: basename(String(file)) },
      { cause },
    );
  }
}

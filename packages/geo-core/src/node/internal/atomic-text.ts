import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { writeAtomically } from "../atomic-file.js";

/** {@link writeAtomically} for text; gzipped where the path ends in `.gz`. */
export function writeTextAtomically(
  path: string,
  parts: Iterable<string>,
  signal?: AbortSignal,
): Promise<void> {
  return writeAtomically(path, async (writeBytes) => {
    const chunks = inChunks(parts, signal);
    const writeAll = async (bytes: Iterable<Uint8Array> | AsyncIterable<Uint8Array>) => {
      for await (const chunk of bytes) await writeBytes(chunk);
    };
    await (/\.gz$/i.test(path) ? pipeline(chunks, createGzip(), writeAll) : writeAll(chunks));
  });
}

const CHUNK_CHARACTERS = 1 << 18;

function* inChunks(parts: Iterable<string>, signal: AbortSignal | undefined): Generator<Uint8Array, void> {
  let text = "";
  for (const part of parts) {
    text += part;
    if (text.length < CHUNK_CHARACTERS) continue;
    signal?.throwIfAborted();
    yield Buffer.from(text, "utf8");
    text = "";
  }
  signal?.throwIfAborted();
  if (text !== "") yield Buffer.from(text, "utf8");
}

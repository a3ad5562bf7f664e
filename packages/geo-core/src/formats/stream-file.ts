import { StateError, ValueError } from "../foundation/errors.js";
import { isArrayBuffer } from "../foundation/realms.js";
import type { SourceFile } from "../reading/source.js";

/** A web stream or any other source of chunks, such as Node's streams. */
export type ChunkSource = ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>;

/** How much is held so that a file's first bytes can be looked at before it is read. */
const HELD_BYTES = 1 << 20;

/** Whether a value is a stream, of this realm or another. */
export function isChunkSource(value: unknown): value is ChunkSource {
  if (typeof value !== "object" || value === null) return false;
  return "getReader" in value || Symbol.asyncIterator in value;
}

/**
 * A file out of a stream, which can be read once: its first megabyte is held until more has been read, so that it can be
 * looked at before.
 *
 * @param where the public function, for messages
 */
export function streamFile(where: string, label: string, source: ChunkSource): SourceFile {
  let chunks: AsyncIterator<Uint8Array, unknown> | undefined;
  let held: Uint8Array[] | undefined = [];
  let heldBytes = 0;
  return {
    label,
    byteLength: 0,
    open: async function* () {
      if (held === undefined) throw new StateError(`${where}: a stream can be read only once`);
      yield* held;
      chunks ??= chunksOf(where, source);
      for (;;) {
        const next = await chunks.next();
        if (next.done) return;
        heldBytes += next.value.length;
        if (heldBytes > HELD_BYTES) held = undefined;
        held?.push(next.value);
        yield next.value;
      }
    },
    close: async () => {
      await chunks?.return?.();
    },
  };
}

async function* chunksOf(where: string, source: ChunkSource): AsyncGenerator<Uint8Array, void> {
  for await (const chunk of iterated(source)) {
    if (typeof chunk === "string") yield new TextEncoder().encode(chunk);
    else if (ArrayBuffer.isView(chunk))
      yield new Uint8Array(chunk.buffer as ArrayBuffer, chunk.byteOffset, chunk.byteLength);
    else if (isArrayBuffer(chunk)) yield new Uint8Array(chunk);
    else throw new ValueError(`${where}: a stream's chunks must be bytes, got ${typeof chunk}`);
  }
}

/** Some browsers' streams cannot be iterated. */
async function* iterated(source: ChunkSource): AsyncGenerator<unknown, void> {
  if (Symbol.asyncIterator in source) {
    yield* source;
    return;
  }
  const reader = (source as ReadableStream<Uint8Array>).getReader();
  let isDone = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      isDone = done;
      if (done) return;
      yield value;
    }
  } finally {
    // Whoever leaves early wants no more of it.
    if (!isDone) await reader.cancel();
    reader.releaseLock();
  }
}

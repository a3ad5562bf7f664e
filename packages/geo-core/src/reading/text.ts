import { joinBytes } from "./bytes.js";
import { damage } from "./ledger.js";
import type { Gunzip } from "./source.js";

const ENCODER = new TextEncoder();

/** The chunks, gunzipped where the first two bytes are gzip's. Whoever leaves early closes their source too. */
export async function* gunzipped(
  chunks: AsyncIterable<Uint8Array>,
  file: string,
  gunzip: Gunzip,
): AsyncGenerator<Uint8Array, void> {
  const iterator = withHead(chunks, 2);
  try {
    const first = await iterator.next();
    if (first.done) return;
    const rest = resumed(first.value, iterator);
    if (first.value[0] === 0x1f && first.value[1] === 0x8b) yield* gunzip(rest, file);
    else yield* rest;
  } finally {
    // Leaving while the head is being looked at would close nothing behind it.
    await iterator.return();
  }
}

/**
 * Text as UTF-8 chunks without a byte order mark: UTF-16 with one is converted, UTF-16 without one is named.
 *
 * Bytes that are not UTF-8 pass: the parsers turn away the records that hold them. Whoever leaves early closes the
 * source of the chunks too.
 *
 * @throws {FormatError} UTF-16 without a byte order mark, or an unpaired surrogate in UTF-16
 */
export async function* asUtf8(
  chunks: AsyncIterable<Uint8Array>,
  file: string,
): AsyncGenerator<Uint8Array, void> {
  const iterator = withHead(chunks, 4);
  try {
    const first = await iterator.next();
    if (first.done) return;
    const [a, b, c] = first.value;
    if (a === 0xef && b === 0xbb && c === 0xbf) {
      yield* resumed(first.value.subarray(3), iterator);
    } else if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) {
      const rest = resumed(first.value, iterator);
      yield* transcoded(rest, a === 0xff ? "utf-16le" : "utf-16be", file);
    } else if (first.value.subarray(0, 4).includes(0)) {
      throw damage("not text", "expected text in UTF-8, or UTF-16 with a byte order mark; got a NUL byte", {
        file,
      });
    } else {
      yield* resumed(first.value, iterator);
    }
  } finally {
    await iterator.return();
  }
}

async function* transcoded(
  chunks: AsyncIterable<Uint8Array>,
  encoding: "utf-16le" | "utf-16be",
  file: string,
): AsyncGenerator<Uint8Array, void> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  const decode = (chunk?: Uint8Array): Uint8Array => {
    try {
      return ENCODER.encode(decoder.decode(chunk, { stream: chunk !== undefined }));
    } catch (error) {
      throw damage("not text", `not valid ${encoding.toUpperCase()}`, { file }, error);
    }
  };
  for await (const chunk of chunks) yield decode(chunk);
  yield decode();
}

/** The chunks, the first of at least `bytes` bytes where there are so many; empty ones left out. */
async function* withHead(chunks: AsyncIterable<Uint8Array>, bytes: number): AsyncGenerator<Uint8Array, void> {
  let head: Uint8Array | undefined = new Uint8Array(0);
  for await (const chunk of chunks) {
    if (head === undefined) {
      if (chunk.length > 0) yield chunk;
      continue;
    }
    head = head.length === 0 ? chunk : joinBytes([head, chunk]);
    if (head.length < bytes) continue;
    yield head;
    head = undefined;
  }
  if (head !== undefined && head.length > 0) yield head;
}

async function* resumed(
  first: Uint8Array,
  rest: AsyncGenerator<Uint8Array, void>,
): AsyncGenerator<Uint8Array, void> {
  yield first;
  yield* rest;
}

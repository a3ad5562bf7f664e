import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { isError } from "../../foundation/realms.js";
import { damage } from "../../reading/ledger.js";

/** Unpacks gzip by Node's zlib. */
export async function* gunzip(
  chunks: AsyncIterable<Uint8Array>,
  file: string,
): AsyncGenerator<Uint8Array, void> {
  const source = Readable.from(chunks, { objectMode: false });
  const stream = createGunzip();
  source.on("error", (error) => stream.destroy(error));
  source.pipe(stream);
  try {
    for await (const chunk of stream) yield chunk as Uint8Array;
  } catch (error) {
    if (isError(error) && "code" in error && String(error.code).startsWith("Z_")) {
      throw damage("damaged gzip", `damaged gzip: ${error.message}`, { file }, error);
    }
    throw error;
  } finally {
    source.destroy();
  }
}

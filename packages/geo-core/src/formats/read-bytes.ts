import { Gunzip } from "fflate";
import { ValueError } from "../foundation/errors.js";
import { isArrayBuffer, isBlob } from "../foundation/realms.js";
import { damage } from "../reading/ledger.js";
import { type Input, readFormat, streamFormat } from "../reading/run.js";
import type { SourceFile } from "../reading/source.js";
import type { TrajectoryBatch, TrajectoryStream } from "../reading/stream.js";
import { anyFormat, bytesFile, noFilesRead, type ReadTrajectoriesOptions } from "./any-format.js";
import { type ChunkSource, isChunkSource, streamFile } from "./stream-file.js";
import { type TrajectoriesRead, toResult } from "./trajectories-read.js";

/** One file's content: bytes, a file that a user chose, or a stream, which is read once and front to back. */
export type FileData = Uint8Array | ArrayBuffer | Blob | ChunkSource;

/** What {@link readTrajectories} reads. */
export type TrajectoryData = FileData | readonly TrajectoryFile[];

/** A file with its name, which is where ids come from and helps to tell the format. */
export interface TrajectoryFile {
  /** With its folders, if any: `2024/03/ride.gpx.gz`. */
  readonly name: string;
  /** The content, packed by gzip or not. */
  readonly data: FileData;
}

/** What {@link readTrajectories} of the main entry loads when it is called: the parsers of all formats. */
export async function readBytes(
  data: TrajectoryData,
  options: ReadTrajectoriesOptions = {},
): Promise<TrajectoriesRead> {
  const found = noFilesRead();
  const format = anyFormat("readTrajectories", options, found);
  const input = dataInput("readTrajectories", data);
  return toResult(await readFormat(input, options, format), found, []);
}

/** {@link readBytes} in batches. */
export function streamBytes(
  data: TrajectoryData,
  options: ReadTrajectoriesOptions & { readonly batchPoints?: number } = {},
): TrajectoryStream<TrajectoryBatch> {
  const format = anyFormat("streamTrajectories", options, noFilesRead());
  return streamFormat(dataInput("streamTrajectories", data), options, format);
}

function dataInput(where: string, data: TrajectoryData): Input {
  const files = filesOf(where, data);
  return {
    label: files.length === 1 ? files[0]!.label : "data",
    gunzip,
    open: async () => ({
      files,
      close: async () => {
        for (const file of files) await file.close?.();
      },
    }),
  };
}

function filesOf(where: string, data: TrajectoryData): SourceFile[] {
  if (!Array.isArray(data)) return [fileOf(where, nameOf(data) ?? "data", data as FileData)];
  return (data as readonly TrajectoryFile[]).map((file, i) => {
    if (typeof file === "string")
      throw new ValueError(
        `${where}: data[${i}] must be { name, data }, got a text; one path at a time is read`,
      );
    if (typeof file !== "object" || file === null || typeof file.name !== "string") {
      throw new ValueError(`${where}: data[${i}] must be { name, data }, got ${typeof file}`);
    }
    return fileOf(where, file.name, file.data ?? (file as unknown as Blob));
  });
}

function nameOf(data: unknown): string | undefined {
  const name = isBlob(data) ? (data as { name?: unknown }).name : undefined;
  return typeof name === "string" && name !== "" ? name : undefined;
}

function fileOf(where: string, name: string, data: FileData): SourceFile {
  if (isBlob(data)) return blobFile(name, data);
  if (ArrayBuffer.isView(data))
    return bytesFile(name, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  if (isArrayBuffer(data)) return bytesFile(name, new Uint8Array(data));
  if (isChunkSource(data)) return streamFile(where, name, data);
  if (isUrl(data)) {
    throw new ValueError(
      `${where}: data must be a path or bytes, got a URL (fileURLToPath of node:url makes a path of one)`,
    );
  }
  throw new ValueError(
    `${where}: data must be bytes, a Blob or File, a stream of bytes, or several with names (a path is for @wayweave/geo-core/node), got ${typeof data}`,
  );
}

function isUrl(data: unknown): boolean {
  return typeof data === "object" && data !== null && typeof (data as { href?: unknown }).href === "string";
}

const CHUNK_BYTES = 1 << 18;

function blobFile(label: string, blob: Blob): SourceFile {
  return {
    label,
    byteLength: blob.size,
    open: async function* () {
      for (let at = 0; at < blob.size; at += CHUNK_BYTES) {
        yield new Uint8Array(await blob.slice(at, at + CHUNK_BYTES).arrayBuffer());
      }
    },
    openRandomAccess: async () => ({
      byteLength: blob.size,
      slice: (start, end) => blob.slice(start, end ?? blob.size).arrayBuffer(),
      close: async () => {},
    }),
  };
}

/** Unpacks gzip by fflate, which browsers have no streams of several members for. */
async function* gunzip(chunks: AsyncIterable<Uint8Array>, file: string): AsyncGenerator<Uint8Array, void> {
  let out: Uint8Array[] = [];
  const stream = new Gunzip((chunk) => {
    out.push(chunk);
  });
  const push = (chunk: Uint8Array, isLast: boolean): void => {
    try {
      stream.push(chunk, isLast);
    } catch (error) {
      throw damage("damaged gzip", `damaged gzip: ${String((error as Error).message)}`, { file }, error);
    }
  };
  for await (const chunk of chunks) {
    push(chunk, false);
    yield* out;
    out = [];
  }
  push(new Uint8Array(0), true);
  yield* out;
}

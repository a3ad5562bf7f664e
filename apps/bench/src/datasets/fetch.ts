import { mkdir, open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { FormatError, StateError } from "@wayweave/geo-core";
import type { DatasetId } from "./catalogue.js";
import { sha256Of } from "./locate.js";
import { extractMember } from "./zip-member.js";

/** An official download of a dataset. */
export interface Download {
  readonly url: string;
  /** Where the file goes below the download cache: a name that the catalogue looks for. */
  readonly path: string;
  /** The publisher's file is a zip, of which this entry is the one that is kept at `path`. */
  readonly member?: string;
  /** The publisher's checksum of what is downloaded, hex; undefined where it publishes none. */
  readonly sha256?: string;
}

/** The datasets that can be fetched without an account. Their publishers name no checksums. */
export const downloads: Readonly<Partial<Record<DatasetId, Download>>> = {
  geolife: {
    url: "https://download.microsoft.com/download/F/4/8/F4894AA5-FDBC-481E-9285-D5F8C4C4F039/Geolife%20Trajectories%201.3.zip",
    path: "geolife/Geolife Trajectories 1.3.zip",
  },
  porto: {
    url: "https://archive.ics.uci.edu/static/public/339/taxi+service+trajectory+prediction+challenge+ecml+pkdd+2015.zip",
    path: "porto/train.csv.zip",
    member: "train.csv.zip",
  },
  "california-road-nodes": {
    url: "https://users.cs.utah.edu/~lifeifei/research/tpq/cal.cnode",
    path: "points/california-road-nodes.cnode",
  },
};

export interface FetchOptions {
  /** The download cache. */
  readonly root: string;
  readonly signal: AbortSignal;
  /** Told before the first byte is transferred. */
  readonly onStart: (start: FetchStart) => void;
  readonly onProgress: (progress: { readonly done: number; readonly total: number | undefined }) => void;
}

export interface FetchStart {
  readonly url: string;
  readonly destination: string;
  /** Bytes in all; undefined where the server does not say. */
  readonly size: number | undefined;
  /** Bytes that an earlier, interrupted fetch has left. */
  readonly resumedFrom: number;
  readonly sha256: string | undefined;
}

export interface FetchOutcome {
  readonly destination: string;
  readonly bytes: number;
  readonly sha256: string;
  /** False where the publisher names no checksum to compare with. */
  readonly verified: boolean;
  /** The file was there already; its sha256 is then that of the kept file. */
  readonly existed: boolean;
}

/**
 * Downloads a file into the cache. What an interrupted download left in `<file>.part` is gone on with (HTTP Range) where the
 * server still has the same file (If-Range with its ETag or date); else it starts again. The file takes its name only when
 * it is whole.
 *
 * @throws {StateError} the server refuses, or sends fewer bytes than it said
 * @throws {FormatError} the checksum differs from the publisher's
 */
export async function fetchDataset(download: Download, options: FetchOptions): Promise<FetchOutcome> {
  const destination = join(options.root, download.path);
  const existing = await sizeOf(destination);
  if (existing !== undefined)
    return outcomeOf(download, destination, existing, await sha256Of(destination), true);
  await mkdir(dirname(destination), { recursive: true });
  const part = `${destination}.part`;
  const response = await request(download.url, part, options.signal);
  const resumedFrom = response.status === 206 ? ((await sizeOf(part)) ?? 0) : 0;
  const size = totalSize(response, resumedFrom);
  options.onStart({ url: download.url, destination, size, resumedFrom, sha256: download.sha256 });
  await writeFile(
    `${part}.validator`,
    response.headers.get("etag") ?? response.headers.get("last-modified") ?? "",
  );
  await receive(response, part, resumedFrom, size, options);
  const bytes = (await sizeOf(part)) ?? 0;
  if (size !== undefined && bytes !== size) {
    throw new StateError(`fetchDataset: ${download.url} must send ${size} bytes, got ${bytes}`);
  }
  const sha256 = await sha256Of(part);
  if (download.sha256 !== undefined && sha256 !== download.sha256) {
    await removePart(part);
    throw new FormatError(`sha256 must be ${download.sha256}, got ${sha256}`, {
      file: basename(destination),
    });
  }
  if (download.member === undefined) await rename(part, destination);
  else await extractMember(part, download.member, destination);
  await removePart(part);
  return outcomeOf(download, destination, bytes, sha256, false);
}

async function request(url: string, part: string, signal: AbortSignal): Promise<Response> {
  const have = (await sizeOf(part)) ?? 0;
  const validator = await readFile(`${part}.validator`, "utf8").catch(() => "");
  const canResume = have > 0 && validator !== "";
  const headers = canResume ? { range: `bytes=${have}-`, "if-range": validator } : undefined;
  const response = await fetch(url, { signal, ...(headers === undefined ? {} : { headers }) });
  // 416: the part is longer than the file, or already all of it. Starting again is always right.
  if (response.status === 416) {
    await response.body?.cancel();
    await removePart(part);
    return request(url, part, signal);
  }
  if (!response.ok || response.body === null) {
    throw new StateError(`fetchDataset: ${url} answered ${response.status} ${response.statusText}`);
  }
  return response;
}

async function receive(
  response: Response,
  part: string,
  resumedFrom: number,
  size: number | undefined,
  { onProgress }: FetchOptions,
): Promise<void> {
  // Written chunk by chunk, not through a pipe: what has arrived stays when the connection breaks.
  const file = await open(part, resumedFrom > 0 ? "a" : "w");
  try {
    let done = resumedFrom;
    const reader = response.body?.getReader();
    for (let next = await reader?.read(); next?.value !== undefined; next = await reader?.read()) {
      await file.writeFile(next.value);
      done += next.value.length;
      onProgress({ done, total: size });
    }
  } finally {
    await file.close();
  }
}

function totalSize(response: Response, resumedFrom: number): number | undefined {
  const length = response.headers.get("content-length");
  // A compressed transfer is counted in compressed bytes: not comparable with what arrives here.
  if (length === null || response.headers.has("content-encoding")) return undefined;
  return resumedFrom + Number(length);
}

function outcomeOf(
  download: Download,
  destination: string,
  bytes: number,
  sha256: string,
  existed: boolean,
): FetchOutcome {
  const verified = download.sha256 !== undefined && download.sha256 === sha256;
  return { destination, bytes, sha256, verified, existed };
}

async function sizeOf(path: string): Promise<number | undefined> {
  return (await stat(path).catch(() => undefined))?.size;
}

async function removePart(part: string): Promise<void> {
  await rm(part, { force: true });
  await rm(`${part}.validator`, { force: true });
}

import { ValueError } from "../../foundation/errors.js";
import type { ReadReport } from "../../reading/report.js";
import { type Format, type Input, readFormat, type SharedOptions, streamFormat } from "../../reading/run.js";
import type { TrajectoryBatch, TrajectoryStream } from "../../reading/stream.js";
import { gunzip } from "./gunzip.js";
import { openSource } from "./open-source.js";

/** A file, folder or zip on disk. @throws {ValueError} what is no path */
export function pathInput(where: string, path: string): Input {
  if (typeof path !== "string" || path === "") {
    throw new ValueError(`${where}: path must be a non-empty string, got ${JSON.stringify(path)}`);
  }
  return {
    label: path,
    gunzip,
    open: (caller, accepts, ledger) => openSource(caller, path, accepts, ledger),
  };
}

/** The all-at-once form of a format. */
export function readPath<Attributes, Batch extends TrajectoryBatch>(
  path: string,
  options: SharedOptions,
  format: Format<Attributes, Batch>,
): Promise<Batch & { readonly report: ReadReport }> {
  return readFormat(pathInput(format.where, path), options, format);
}

/** The streaming form of a format. */
export function streamPath<Attributes, Batch extends TrajectoryBatch>(
  path: string,
  options: SharedOptions,
  format: Format<Attributes, Batch>,
): TrajectoryStream<Batch> {
  return streamFormat(pathInput(format.where, path), options, format);
}

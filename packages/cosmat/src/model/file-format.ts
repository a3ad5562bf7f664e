import { FormatError } from "@wayweave/geo-core";
import type { Checkpoint } from "@wayweave/nn/inference";

/** How a kind of file names itself in its metadata. */
export interface FileFormat {
  readonly format: string;
  readonly version: number;
  /** For messages: `cross-modal model`. */
  readonly title: string;
}

/**
 * Checks that a safetensors file is of a kind.
 *
 * @param file its name, for messages
 * @returns its metadata, whose entries are still to be checked
 * @throws {FormatError} another kind of file, or a version that is not known here
 */
export function checkFormat<Metadata extends object>(
  checkpoint: Checkpoint,
  { format, version, title }: FileFormat,
  file: string,
): Partial<Metadata> {
  const metadata = checkpoint.metadata as Partial<Metadata & FileFormat> | null | undefined;
  if (metadata?.format !== format) throw new FormatError(`not a ${title}`, { file });
  if (metadata.version !== version) {
    throw new FormatError(`version ${metadata.version} is not one that is known here (${version})`, { file });
  }
  return metadata;
}

import { FormatError } from "@wayweave/geo-core";
import { type Checkpoint, loadCheckpoint } from "@wayweave/nn";

/** How a kind of file names itself in its metadata. */
export interface FileFormat {
  readonly format: string;
  readonly version: number;
  /** For messages: `cross-modal model`. */
  readonly title: string;
}

/**
 * Reads a safetensors file of a kind.
 *
 * @returns its tensors, and its metadata, whose entries are still to be checked
 * @throws {FormatError} another kind of file, or a version that is not known here
 */
export async function loadFile<Metadata extends object>(
  file: string,
  { format, version, title }: FileFormat,
): Promise<{ readonly checkpoint: Checkpoint; readonly metadata: Partial<Metadata> }> {
  const checkpoint = await loadCheckpoint(file);
  const metadata = checkpoint.metadata as Partial<Metadata & FileFormat> | null | undefined;
  if (metadata?.format !== format) throw new FormatError(`not a ${title}`, { file });
  if (metadata.version !== version) {
    throw new FormatError(`version ${metadata.version} is not one that is known here (${version})`, { file });
  }
  return { checkpoint, metadata };
}

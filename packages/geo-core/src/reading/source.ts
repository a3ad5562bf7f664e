/** One file to read: on disk, in a zip, or in memory. */
export interface SourceFile {
  /** Where it is: the path given, with the place inside the folder or zip; `/` between the parts. */
  readonly label: string;
  /** Its size as stored (or, in a zip, as declared uncompressed); 0 for a stream, which does not tell. */
  readonly byteLength: number;
  open(): AsyncIterable<Uint8Array>;
  /** For readers that jump about in it; absent where the file can only be read from front to back. */
  openRandomAccess?(): Promise<RandomAccess>;
  /** Gives up what is left of it. */
  close?(): Promise<void>;
}

/** Parts of a file by their place. */
export interface RandomAccess {
  readonly byteLength: number;
  /** The bytes from `start` up to, not including, `end`. */
  slice(start: number, end?: number): Promise<ArrayBuffer>;
  close(): Promise<void>;
}

export interface Source {
  readonly files: readonly SourceFile[];
  /** Files that no format was found for, by label. */
  readonly others?: readonly string[];
  close(): Promise<void>;
}

/** Unpacks gzip, by whatever the platform has. */
export type Gunzip = (chunks: AsyncIterable<Uint8Array>, file: string) => AsyncIterable<Uint8Array>;

/** The last part of a label, without `.gz` and its extension: `a/b/c.plt` → `c`. */
export function stemOf(label: string): string {
  return baseName(label).replace(/\.[^.]+$/, "");
}

/** The last part of a label, without `.gz`. */
export function baseName(label: string): string {
  return label.slice(label.lastIndexOf("/") + 1).replace(/\.gz$/i, "");
}

import type { FormatLocation } from "../foundation/errors.js";

/** Why a record, a point or a file was left out; every entry of a {@link ReadReport} has one. */
export type SkipReason =
  // A record that is broken (strict reading throws).
  | "broken geometry"
  | "broken checksum"
  | "broken JSON"
  | "broken off"
  | "broken polyline"
  | "broken quotes"
  | "duplicate id"
  | "id comes back"
  | "invalid feature"
  | "misplaced point"
  | "no time"
  | "not a number"
  | "not a time"
  | "not an id"
  | "not UTF-8"
  | "other coordinate system"
  | "position out of range"
  | "time goes back"
  | "time out of range"
  | "duplicate time"
  | "wrong number of fields"
  | "missing data"
  | "label file"
  // A sound record that is no trajectory, or that an option leaves out.
  | "comment"
  | "no line"
  | `no line: ${string}`
  | "no points"
  | "no position"
  | "not a track"
  | "units"
  | "untimed"
  | "vacant"
  | "waypoint"
  // A file that cannot be read, or not to its end.
  | "broken CSV"
  | "broken FIT"
  | "broken header"
  | "broken Parquet"
  | "broken XML"
  | "damaged gzip"
  | "damaged zip entry"
  | "document type declaration"
  | "empty file"
  | "encrypted zip entry"
  | "feature too long"
  | "file too large"
  | "line too long"
  | "missing column"
  | "no file of this format"
  | "not GPX"
  | "not KML"
  | "not TCX"
  | "not text"
  | "record too long"
  | "truncated JSON"
  | "unknown coordinate system"
  | "unknown encoding"
  | "unknown format"
  | "unknown layout"
  | "unreadable file"
  | "unreadable zip"
  | "unsafe name in zip"
  | "unsupported format"
  | "unsupported zip compression"
  | (string & {});

/** What was changed in a record that was kept. */
export type MendReason =
  /** A longitude beyond ±180 became the same meridian within. */
  | "longitude wrapped"
  /** Of longitudes from 0 to 360, one beyond 180 became the same meridian west of Greenwich. */
  | "longitude of 0 to 360"
  /** (lenient) Text that is not UTF-8 was taken as Windows-1252; in XML what is not became U+FFFD. */
  | "not UTF-8"
  /** (lenient) A position out of range was taken out of a line. */
  | "position out of range"
  /** (lenient) A time that could not be read, or whose date is out of range, was left out; the point stays. */
  | "time not read"
  /** A repeated time's point was taken out of a line (`duplicates`). */
  | "repeated time"
  /** A point without time was taken out of a line (`times: "drop"`). */
  | "untimed"
  /** Points were put in order of time (`order: "sort"`), or of the column that numbers them. */
  | "sorted"
  /** One column holds both numbers of a position, and its name does not say which goes first: latitude was taken for it. */
  | "two numbers taken as latitude and longitude"
  /** (lenient) A value of a further column could not be read. */
  | "value not read";

/** Records (or files) left out for one reason. */
export interface Skipped {
  /** Why, in the reader's words. */
  readonly reason: SkipReason;
  /** How many. */
  readonly count: number;
  /** The first place where it happened. */
  readonly firstAt: FormatLocation;
}

/** Points (for `sorted`: trajectories) that were changed for one reason, of records that were kept. */
export interface Mended {
  /** What was done to them. */
  readonly reason: MendReason;
  /** How many. */
  readonly count: number;
  /** The first place where it happened. */
  readonly firstAt: FormatLocation;
}

/** What a reader found; `records = kept + Σ skipped.count`, always. */
export interface ReadReport {
  /** Files of the format that were found. */
  readonly files: number;
  /** Records (which of a file's parts is a record, each reader says). */
  readonly records: number;
  /** Records that are in the result. */
  readonly kept: number;
  /** Records that are not, most frequent reason first. */
  readonly skipped: readonly Skipped[];
  /** What was changed in records that were kept, most frequent reason first. */
  readonly mended: readonly Mended[];
  /** Files that could not be read, or not to their end: truncated, encrypted, empty, unsafe names. */
  readonly damagedFiles: readonly Skipped[];
  /** How many points of the result have no time, the time of the point before, or an earlier one. */
  readonly times: { readonly untimed: number; readonly repeated: number; readonly backward: number };
}

/** How far a reader has come. */
export interface ReadProgress {
  /** Bytes read, of `total`, which does not count streams. */
  readonly done: number;
  /**
   * Bytes of all files as they are stored (in a zip: unpacked); a stream, which does not tell its length, counts 0.
   */
  readonly total: number;
  /** The file being read. */
  readonly file: string;
  /** Records read, kept or not. */
  readonly records: number;
}

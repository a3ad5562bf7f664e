import { isError } from "./realms.js";

/**
 * The typed errors that every Wayweave package throws.
 *
 * A message says where, what was required, and what came:
 * `GmrTree.search: k must be a positive integer, got -3`.
 *
 * `instanceof` compares the error's `code`, not its constructor, so it also holds between two copies of this
 * module (a package that bundles it, two installed versions) and between two realms.
 */
class CodedError extends Error {
  static readonly code: string = "WAYWEAVE_ERROR";
  readonly code: string;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = new.target.code;
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return isError(value) && "code" in value && value.code === this.code;
  }
}

/** An array, matrix or tensor has the wrong length or rank. */
export class ShapeError extends CodedError {
  /**
   * Of the class and of every such error. `instanceof` compares it, so that it holds across copies of this package
   * and across realms.
   */
  static override readonly code = "WAYWEAVE_SHAPE";
  static {
    // A bundler may rename the class; the name is part of the interface.
    Object.defineProperty(ShapeError, "name", { value: "ShapeError" });
  }
}

/** A value is out of its range: NaN, negative where a count is due, an unknown option. */
export class ValueError extends CodedError {
  /** Of the class and of every such error; what `instanceof` compares. */
  static override readonly code = "WAYWEAVE_VALUE";
  static {
    Object.defineProperty(ValueError, "name", { value: "ValueError" });
  }
}

/** A call came too early or too late: not fitted, not finished, disposed. */
export class StateError extends CodedError {
  /** Of the class and of every such error; what `instanceof` compares. */
  static override readonly code = "WAYWEAVE_STATE";
  static {
    Object.defineProperty(StateError, "name", { value: "StateError" });
  }
}

/** Where in a file a {@link FormatError} arose; lines and columns count from 1, offsets in bytes from 0. */
export interface FormatLocation {
  /** The file's path or name. */
  readonly file?: string;
  /** The line, from 1. */
  readonly line?: number;
  /** The column in that line, from 1. */
  readonly column?: number;
  /** Bytes from the beginning, from 0. */
  readonly byteOffset?: number;
}

/** A file or buffer does not follow its format. The message starts with `file:line:column: `, as far as known. */
export class FormatError extends CodedError implements FormatLocation {
  /** Of the class and of every such error; what `instanceof` compares. */
  static override readonly code = "WAYWEAVE_FORMAT";
  /** The file's path or name; undefined where what was read has none. */
  readonly file?: string;
  /** The line, from 1; undefined where the format has no lines. */
  readonly line?: number;
  /** The column in that line, from 1. */
  readonly column?: number;
  /** Bytes from the beginning of the file or buffer, from 0; undefined where not known. */
  readonly byteOffset?: number;

  constructor(message: string, location: FormatLocation = {}, options?: ErrorOptions) {
    super(formatLocation(location) + message, options);
    if (location.file !== undefined) this.file = location.file;
    if (location.line !== undefined) this.line = location.line;
    if (location.column !== undefined) this.column = location.column;
    if (location.byteOffset !== undefined) this.byteOffset = location.byteOffset;
  }

  static {
    Object.defineProperty(FormatError, "name", { value: "FormatError" });
  }
}

function formatLocation({ file, line, column, byteOffset }: FormatLocation): string {
  const parts: string[] = [];
  if (file !== undefined) parts.push(file);
  if (line !== undefined) parts.push(file === undefined ? `line ${line}` : String(line));
  if (column !== undefined) parts.push(String(column));
  if (byteOffset !== undefined) parts.push(`byte ${byteOffset}`);
  return parts.length === 0 ? "" : `${parts.join(":")}: `;
}

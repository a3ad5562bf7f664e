import { damage } from "./ledger.js";

/** Takes a file's lines one by one, as byte ranges of a buffer that is valid only during the call. */
export interface LineParser {
  /** A line without its ending; `line` counts from 1. Lines of nothing but spaces and tabs are left out. */
  line(bytes: Uint8Array, start: number, end: number, line: number): void;
  /** The file has ended, or a lenient reader gave it up. */
  finish(): void;
}

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const MAX_LINE_BYTES = 1 << 24;

/** Cuts chunks into lines ending in LF or CRLF; the last line needs no ending. */
export class LineSplitter {
  readonly #file: string;
  readonly #parser: LineParser;
  #carry = new Uint8Array(1024);
  #carryLength = 0;
  #line = 0;

  constructor(file: string, parser: LineParser) {
    this.#file = file;
    this.#parser = parser;
  }

  /** How many lines were seen. */
  get count(): number {
    return this.#line;
  }

  /** @throws {FormatError} a line of more than 16 MiB, or what the parser throws */
  push(chunk: Uint8Array): void {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(LINE_FEED, start);
      if (end === -1) break;
      if (this.#carryLength > 0) {
        this.#append(chunk, start, end);
        this.#take(this.#carry, 0, this.#carryLength);
        this.#carryLength = 0;
      } else {
        this.#take(chunk, start, end);
      }
      start = end + 1;
    }
    if (start < chunk.length) this.#append(chunk, start, chunk.length);
  }

  /** Takes the last line where it has no ending. */
  finish(): void {
    if (this.#carryLength > 0) this.#take(this.#carry, 0, this.#carryLength);
    this.#carryLength = 0;
  }

  #take(bytes: Uint8Array, start: number, end: number): void {
    this.#line++;
    const last = end > start && bytes[end - 1] === CARRIAGE_RETURN ? end - 1 : end;
    for (let i = start; i < last; i++) {
      if (bytes[i] !== 32 && bytes[i] !== 9) {
        this.#parser.line(bytes, start, last, this.#line);
        return;
      }
    }
  }

  #append(chunk: Uint8Array, start: number, end: number): void {
    const length = this.#carryLength + end - start;
    if (length > MAX_LINE_BYTES) {
      throw damage("line too long", `a line must be at most ${MAX_LINE_BYTES} bytes long`, {
        file: this.#file,
        line: this.#line + 1,
      });
    }
    if (length > this.#carry.length) {
      const grown = new Uint8Array(Math.max(length, 2 * this.#carry.length));
      grown.set(this.#carry.subarray(0, this.#carryLength));
      this.#carry = grown;
    }
    this.#carry.set(chunk.subarray(start, end), this.#carryLength);
    this.#carryLength = length;
  }
}

import { describeJson } from "../../foundation/describe-json.js";
import { quoted, textOf } from "../../reading/bytes.js";
import { damage } from "../../reading/ledger.js";
import { ByteBuffer } from "./byte-buffer.js";
import { LongLists } from "./long-lists.js";

const QUOTE = 34;
const COMMA = 44;
const BACKSLASH = 92;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
const LINE_FEED = 10;
const MAX_TEXT_BYTES = 1 << 28;
/** What the shell of a collection looks like just before its first feature. */
const BEFORE_FEATURES = /"features"\s*:\s*\[$/;

/** Takes what a {@link FeatureSplitter} finds. */
export interface SplitFeatures {
  /** A feature's text, which begins on `line`. `lists` are those of its elements that were parsed before. */
  feature(text: Uint8Array, line: number, lists?: LongLists): void;
  /** The elements of a list of the feature whose text is under way; undefined where they are no JSON. */
  elements(text: Uint8Array, line: number): readonly unknown[] | undefined;
  /**
   * The collection's `crs` member. It is told before the first feature where it stands before, else at the end.
   *
   * @param isLate whether features were told before it
   */
  crs(crs: unknown, isLate: boolean): void;
}

/**
 * Cuts a GeoJSON text into its features, or a JSON array into its elements, without holding more than one of them.
 *
 * What stands outside the features is kept as the "shell": `{"type":"FeatureCollection","features":[,]}`. At the end
 * it must be the JSON of a collection (or `[]`), with one comma fewer than features. A text without a `features` array
 * is all shell, and one feature; a list in it may be longer than any text that can be held, since its elements are parsed on the way.
 */
export class FeatureSplitter {
  readonly #file: string;
  readonly #take: SplitFeatures;
  /** The text of the shell, or of the feature under way. */
  readonly #shell = new ByteBuffer();
  readonly #element = new ByteBuffer();
  readonly #lists: LongLists;
  #depth = 0;
  #inString = false;
  #isEscaped = false;
  #inFeatures = false;
  /** The depth of the array of features: 2 in a collection, 1 where the text is an array itself. */
  #arrayDepth = 2;
  #toldCrs = false;
  #sawFeatures = false;
  #elements = 0;
  #commas = 0;
  #line = 1;
  #elementLine = 0;

  /** @param heldBytes how much text is held before lists are parsed on the way */
  constructor(file: string, take: SplitFeatures, heldBytes?: number) {
    this.#file = file;
    this.#take = take;
    this.#lists = new LongLists(this.#shell, (text) => take.elements(text, this.#line), heldBytes);
  }

  /** Whether the text is that of a collection, be it empty. */
  get isCollection(): boolean {
    return this.#sawFeatures;
  }

  /** @throws {FormatError} a feature of more than 256 MiB, or text that cannot be a collection */
  push(chunk: Uint8Array): void {
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i]!;
      if (byte === LINE_FEED) this.#line++;
      if (this.#inFeatures) this.#inside(byte);
      else this.#outside(byte);
    }
  }

  /** @throws {FormatError} a text that is cut off, or whose shell is not that of a GeoJSON object */
  finish(): void {
    if (this.#inFeatures) {
      const message = "the features' array must be closed, got the end of the file";
      throw damage("truncated JSON", message, { file: this.#file, line: this.#line });
    }
    if (this.#shell.length === 0) return;
    if (!this.#sawFeatures) {
      this.#take.feature(this.#shell.bytes, 1, this.#lists);
      return;
    }
    this.#checkShell();
  }

  #outside(byte: number): void {
    this.#append(this.#shell, byte);
    if (this.#inString) {
      this.#stringByte(byte);
      return;
    }
    if (byte === QUOTE) this.#inString = true;
    else if (byte === COMMA) this.#lists.comma(this.#depth);
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) this.#depth++;
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) this.#lists.closed(--this.#depth);
    if (byte === OPEN_BRACKET) this.#lists.opened(this.#depth);
    if (byte !== OPEN_BRACKET || this.#sawFeatures) return;
    if (this.#depth === 1 && /^\s*\[$/.test(this.#shell.tail(200))) this.#arrayDepth = 1;
    else if (this.#depth !== 2 || !BEFORE_FEATURES.test(this.#shell.tail(200))) return;
    this.#inFeatures = true;
    this.#sawFeatures = true;
    this.#tellCrs(`${textOf(this.#shell.bytes)}]${this.#arrayDepth === 2 ? "}" : ""}`);
  }

  #inside(byte: number): void {
    if (this.#inString) {
      this.#stringByte(byte);
    } else if (byte === QUOTE) {
      this.#inString = true;
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      this.#depth++;
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      this.#depth--;
      if (this.#depth === this.#arrayDepth - 1) {
        this.#endElement();
        this.#inFeatures = false;
        this.#append(this.#shell, byte);
        return;
      }
    } else if (byte === COMMA && this.#depth === this.#arrayDepth) {
      this.#endElement();
      this.#commas++;
      return;
    }
    if (this.#element.length === 0) {
      if (byte === 32 || byte === 9 || byte === 13 || byte === LINE_FEED) return;
      this.#elementLine = this.#line;
    }
    this.#append(this.#element, byte);
  }

  #stringByte(byte: number): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (byte === BACKSLASH) this.#isEscaped = true;
    else if (byte === QUOTE) this.#inString = false;
  }

  #endElement(): void {
    if (this.#element.length === 0) return;
    this.#elements++;
    this.#take.feature(this.#element.bytes, this.#elementLine);
    this.#element.clear();
  }

  #append(buffer: ByteBuffer, byte: number): void {
    buffer.append(byte);
    if (buffer.length > MAX_TEXT_BYTES) {
      const message = `a feature must be at most ${MAX_TEXT_BYTES} bytes long`;
      throw damage("feature too long", message, { file: this.#file, line: this.#line });
    }
  }

  /** Tells the crs of what is known of the shell, if it is JSON by now. */
  #tellCrs(text: string): void {
    let shell: unknown;
    try {
      shell = JSON.parse(text);
    } catch {
      return;
    }
    const crs = (shell as { crs?: unknown } | null)?.crs;
    if (crs === undefined || crs === null) return;
    this.#toldCrs = true;
    this.#take.crs(crs, this.#elements > 0);
  }

  #checkShell(): void {
    const text = textOf(this.#shell.bytes);
    const fail = (message: string): never => {
      throw damage("broken JSON", message, { file: this.#file, line: this.#line });
    };
    let value: { type?: unknown } | undefined;
    try {
      value = JSON.parse(text);
    } catch {
      fail(`around its features, a collection must be JSON, got ${quoted(text)}`);
    }
    if (this.#arrayDepth === 2 && value!.type !== "FeatureCollection") {
      fail(`an object with features must be a FeatureCollection, got ${describeJson(value!.type)}`);
    }
    if (this.#commas !== Math.max(0, this.#elements - 1)) {
      fail(
        `${this.#elements} features must have ${Math.max(0, this.#elements - 1)} commas between, got ${this.#commas}`,
      );
    }
    if (!this.#toldCrs) this.#tellCrs(text);
  }
}

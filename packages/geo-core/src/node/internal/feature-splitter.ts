import { describeJson } from "../../foundation/describe-json.js";
import type { CoordinateSystem } from "../../trajectories/trajectory-set.js";
import { quoted } from "./bytes.js";
import { damage } from "./ledger.js";

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

/**
 * Cuts a GeoJSON text into its features without holding more than one of them.
 *
 * What stands outside the features is kept as the "shell": `{"type":"FeatureCollection","features":[,]}`. At the end
 * it must be the JSON of a collection, with one comma fewer than features. A text without a `features` array is all
 * shell, and one feature.
 */
export class FeatureSplitter {
  readonly #file: string;
  readonly #coordinateSystem: CoordinateSystem;
  readonly #take: (text: Uint8Array, line: number) => void;
  /** The text of the shell, or of the feature under way. */
  readonly #shell = new ByteBuffer();
  readonly #element = new ByteBuffer();
  #depth = 0;
  #inString = false;
  #isEscaped = false;
  #inFeatures = false;
  #sawFeatures = false;
  #elements = 0;
  #commas = 0;
  #line = 1;
  #elementLine = 0;

  constructor(
    file: string,
    coordinateSystem: CoordinateSystem,
    take: (text: Uint8Array, line: number) => void,
  ) {
    this.#file = file;
    this.#coordinateSystem = coordinateSystem;
    this.#take = take;
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
      this.#take(this.#shell.bytes, 1);
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
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) this.#depth++;
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) this.#depth--;
    if (byte === OPEN_BRACKET && this.#depth === 2 && !this.#sawFeatures) {
      if (BEFORE_FEATURES.test(this.#shell.tail(200))) {
        this.#inFeatures = true;
        this.#sawFeatures = true;
      }
    }
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
      if (this.#depth === 1) {
        this.#endElement();
        this.#inFeatures = false;
        this.#append(this.#shell, byte);
        return;
      }
    } else if (byte === COMMA && this.#depth === 2) {
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
    this.#take(this.#element.bytes, this.#elementLine);
    this.#element.clear();
  }

  #append(buffer: ByteBuffer, byte: number): void {
    buffer.append(byte);
    if (buffer.length > MAX_TEXT_BYTES) {
      const message = `a feature must be at most ${MAX_TEXT_BYTES} bytes long`;
      throw damage("feature too long", message, { file: this.#file, line: this.#line });
    }
  }

  #checkShell(): void {
    const text = Buffer.from(this.#shell.bytes).toString("utf8");
    const fail = (message: string): never => {
      throw damage("broken JSON", message, { file: this.#file, line: this.#line });
    };
    let value: { type?: unknown; crs?: unknown } | undefined;
    try {
      value = JSON.parse(text);
    } catch {
      fail(`around its features, a collection must be JSON, got ${quoted(text)}`);
    }
    const { type, crs } = value!;
    if (type !== "FeatureCollection") {
      fail(`an object with features must be a FeatureCollection, got ${describeJson(type)}`);
    }
    if (this.#commas !== Math.max(0, this.#elements - 1)) {
      fail(
        `${this.#elements} features must have ${Math.max(0, this.#elements - 1)} commas between, got ${this.#commas}`,
      );
    }
    if (this.#coordinateSystem === "lonlat" && crs !== undefined && crs !== null && !isDegrees(crs)) {
      fail(`crs must be absent, CRS84 or EPSG:4326, got ${describeJson(crs)}`);
    }
  }
}

/** GeoJSON of 2008 may name another coordinate system; reading it as degrees would be wrong silently. */
function isDegrees(crs: unknown): boolean {
  const { name } = ((crs as { properties?: unknown }).properties ?? {}) as { name?: unknown };
  return typeof name === "string" && /(CRS84|EPSG:{1,2}4326|EPSG:[\d.]*:4326)$/.test(name);
}

/** Bytes that grow. */
class ByteBuffer {
  length = 0;
  #bytes = new Uint8Array(4096);

  append(byte: number): void {
    if (this.length === this.#bytes.length) {
      const grown = new Uint8Array(2 * this.#bytes.length);
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    this.#bytes[this.length++] = byte;
  }

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.length);
  }

  tail(count: number): string {
    return Buffer.from(this.#bytes.subarray(Math.max(0, this.length - count), this.length)).toString(
      "latin1",
    );
  }

  clear(): void {
    this.length = 0;
  }
}

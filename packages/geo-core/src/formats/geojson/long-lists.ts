import type { ByteBuffer } from "./byte-buffer.js";

/** Of a text beyond this length, 64 MiB, the elements that are whole are parsed and their text is let go. */
const LONG_TEXT_BYTES = 67_108_864;
/** Stands as a list's first element for those that were let go; no text of a file's own begins with it. */
const STAND_IN = "\u0000 elements of list ";

/** A list whose elements have no list around them. */
interface LongList {
  /** Where its elements begin in the text, behind what stands for those let go. */
  start: number;
  /** Behind the last comma between its elements; `start` where there is none. */
  end: number;
  /** How many brackets and braces are open within it. */
  readonly depth: number;
  /** Which of `elements` are its own; undefined as long as all its text is held. */
  number: number | undefined;
}

/**
 * The lists of a JSON object whose text comes byte by byte, so that the text need never be held in full: a service's answer or a location history
 * of a gigabyte is an object with one list.
 */
export class LongLists {
  readonly #text: ByteBuffer;
  readonly #parse: (elements: Uint8Array) => readonly unknown[] | undefined;
  readonly #heldBytes: number;
  readonly #elements: unknown[][] = [];
  /** The list under way. */
  #list: LongList | undefined;
  /** Whether elements were no JSON: the text is then held as it is, for the error to be that of any other text. */
  #isBroken = false;

  /**
   * @param text what is known of the object's text, which this cuts
   * @param parse elements out of their text, with commas between; undefined where they are no JSON
   * @param heldBytes how long the text may get before whole elements are parsed
   */
  constructor(
    text: ByteBuffer,
    parse: (elements: Uint8Array) => readonly unknown[] | undefined,
    heldBytes = LONG_TEXT_BYTES,
  ) {
    this.#text = text;
    this.#parse = parse;
    this.#heldBytes = heldBytes;
  }

  /** A bracket opened, the text's last byte, and with it so many brackets and braces are open. */
  opened(depth: number): void {
    this.#list ??= { start: this.#text.length, end: this.#text.length, depth, number: undefined };
  }

  /** A comma outside of strings is the text's last byte. */
  comma(depth: number): void {
    const list = this.#list;
    if (depth !== list?.depth) return;
    list.end = this.#text.length;
    if (list.end > this.#heldBytes) this.#letGo(list);
  }

  /** A bracket or brace closed, and so many are still open. */
  closed(depth: number): void {
    if (this.#list !== undefined && depth < this.#list.depth) this.#list = undefined;
  }

  /** A parsed text with the elements that were let go in their places. */
  restored(value: unknown): unknown {
    if (this.#elements.length === 0) return value;
    if (Array.isArray(value)) return this.#restoredList(value);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, this.restored(member)]));
  }

  #restoredList(list: readonly unknown[]): unknown {
    const first = list[0];
    if (typeof first !== "string" || !first.startsWith(STAND_IN)) return list;
    const elements = this.#elements[Number(first.slice(STAND_IN.length))];
    if (elements === undefined) return list;
    for (let i = 1; i < list.length; i++) elements.push(list[i]);
    return elements;
  }

  #letGo(list: LongList): void {
    if (this.#isBroken) return;
    // Without the comma at the end.
    const elements = this.#parse(this.#text.bytes.subarray(list.start, list.end - 1));
    if (elements === undefined || elements.length === 0) {
      this.#isBroken = true;
      return;
    }
    const isFirst = list.number === undefined;
    list.number ??= this.#elements.push([]) - 1;
    const own = this.#elements[list.number]!;
    for (const element of elements) own.push(element);
    const standIn = isFirst ? `${JSON.stringify(STAND_IN + String(list.number))},` : "";
    this.#text.replace(list.start, list.end, new TextEncoder().encode(standIn));
    list.start += standIn.length;
    list.end = list.start;
  }
}

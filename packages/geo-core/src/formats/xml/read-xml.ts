import sax from "sax";
import { textOf } from "../../reading/bytes.js";
import { damage, type Ledger } from "../../reading/ledger.js";
import type { SkipReason } from "../../reading/report.js";
import type { Reading } from "../../reading/run.js";
import type { SourceFile } from "../../reading/source.js";

/** An element as a handler sees it. */
export interface XmlElement {
  /** Its name without prefix. */
  readonly name: string;
  /** Whether it is of the same namespace as the root element, and so of the format. */
  readonly isOwn: boolean;
  /** Attributes without prefix. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** Takes a document's elements. */
export interface XmlHandler {
  open(element: XmlElement): void;
  /** The element that was opened last and not closed; `text` is all of its own, blanks at both ends taken off. */
  close(element: XmlElement, text: string): void;
  /** The document has ended, or broke off. */
  finish(isWhole: boolean): void;
}

export interface XmlFormat {
  /** The name that the root element must have. */
  readonly root: string;
  /** The format's name, for messages. */
  readonly name: string;
  readonly reason: SkipReason;
}

/** `strictEntities` refuses entities beyond XML's five; the library's types leave it out. */
const SAX_OPTIONS: sax.SAXOptions & { strictEntities: boolean } = { position: true, strictEntities: true };

/** No document nests deeper; one that does is none. */
const MAX_DEPTH = 100;
const MAX_TEXT = 1 << 26;

/** Feeds a document to the handler that `handlerOf` makes; it is given where the parser stands. */
export async function* readXml<Attributes>(
  file: SourceFile,
  reading: Reading<Attributes>,
  format: XmlFormat,
  handlerOf: (line: () => number) => XmlHandler,
): AsyncGenerator<void, void> {
  const parser = sax.parser(true, SAX_OPTIONS);
  const handler = handlerOf(() => parser.line + 1);
  const fail = (reason: SkipReason, message: string): never => {
    throw damage(reason, message, { file: file.label, line: parser.line + 1, column: parser.column + 1 });
  };
  const elements: XmlElement[] = [];
  const texts: string[] = [];
  const namespaces = new Namespaces();
  let sawRoot = false;
  parser.onerror = (error) => {
    const problem = error.message.split("\n")[0]!;
    if (reading.ledger.lenient && /entity/i.test(problem)) {
      // A stray "&" breaks nothing but its own text.
      (parser as { error: Error | null }).error = null;
      return;
    }
    fail("broken XML", `broken XML: ${problem}`);
  };
  parser.ondoctype = (declaration) => {
    // A name alone defines nothing; what stands in brackets may.
    if (!declaration.includes("[")) return;
    fail(
      "document type declaration",
      `a ${format.name} file must not define entities in a document type declaration`,
    );
  };
  parser.onopentag = (tag) => {
    if (elements.length === MAX_DEPTH) fail("broken XML", `elements must nest at most ${MAX_DEPTH} deep`);
    const element = namespaces.open(tag.name, tag.attributes as Record<string, string>);
    sawRoot = true;
    if (elements.length === 0 && element.name !== format.root) {
      fail(format.reason, `the root element must be ${format.root}, got ${tag.name}`);
    }
    elements.push(element);
    texts.push("");
    handler.open(element);
  };
  const addText = (text: string): void => {
    const last = texts.length - 1;
    if (last < 0) return;
    texts[last] += text;
    if (texts[last]!.length > MAX_TEXT)
      fail("broken XML", `a text must be at most ${MAX_TEXT} characters long`);
  };
  parser.ontext = addText;
  parser.oncdata = addText;
  parser.onclosetag = () => {
    namespaces.close();
    handler.close(elements.pop()!, texts.pop()!.trim());
  };
  try {
    for await (const text of decoded(reading.text(file), file.label, reading.ledger)) {
      parser.write(text);
      yield;
    }
    parser.close();
  } catch (error) {
    if (reading.ledger.lenient) handler.finish(false);
    throw error;
  }
  handler.finish(true);
  reading.mayBeEmpty = sawRoot;
}

/** Which prefixes stand for which namespaces, as the elements under way declare them. */
class Namespaces {
  readonly #stack: Readonly<Record<string, string>>[] = [{}];
  #root: string | undefined;

  open(tagName: string, given: Readonly<Record<string, string>>): XmlElement {
    let declared = this.#stack.at(-1)!;
    const attributes: Record<string, string> = {};
    for (const [name, value] of Object.entries(given)) {
      if (name === "xmlns") declared = { ...declared, "": value };
      else if (name.startsWith("xmlns:")) declared = { ...declared, [name.slice(6)]: value };
      else if (!name.includes(":")) attributes[name] = value;
    }
    this.#stack.push(declared);
    const colon = tagName.indexOf(":");
    const prefix = colon === -1 ? "" : tagName.slice(0, colon);
    // A prefix that nothing declares, as some devices write, stands for a namespace of its own.
    const uri = declared[prefix] ?? (prefix === "" ? "" : `prefix ${prefix}`);
    this.#root ??= uri;
    return { name: tagName.slice(colon + 1), isOwn: uri === this.#root, attributes };
  }

  close(): void {
    this.#stack.pop();
  }
}

type Decoder = InstanceType<typeof TextDecoder>;

/**
 * Text in the encoding that the XML declaration names; UTF-8 without one. Bytes that are none of it are an error, or in lenient
 * reading U+FFFD.
 */
async function* decoded(
  chunks: AsyncIterable<Uint8Array>,
  file: string,
  ledger: Ledger,
): AsyncGenerator<string, void> {
  let decode: ((chunk: Uint8Array | undefined) => string) | undefined;
  let isStart = true;
  const clean = (text: string): string => {
    if (!isStart || text === "") return text;
    isStart = false;
    // Blanks before the declaration are against the rules, and harmless.
    return text.trimStart();
  };
  for await (const chunk of chunks) {
    decode ??= decoderOf(encodingOf(chunk), file, ledger);
    yield clean(decode(chunk));
  }
  if (decode !== undefined) yield clean(decode(undefined));
}

/** The encoding that a document's first bytes declare. */
function encodingOf(head: Uint8Array): string {
  const declaration = textOf(head, 0, Math.min(head.length, 200));
  const named = /^\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]+)["']/i.exec(declaration)?.[1] ?? "utf-8";
  // UTF-16 has been converted to UTF-8 by its byte order mark.
  return /^utf-?16/i.test(named) ? "utf-8" : named;
}

/** Decodes a document's chunks; undefined is their end. */
function decoderOf(
  encoding: string,
  file: string,
  ledger: Ledger,
): (chunk: Uint8Array | undefined) => string {
  const [strict, lenient] = decodersFor(encoding, file);
  let isSound = true;
  return (chunk) => {
    const stream = { stream: chunk !== undefined };
    const loose = ledger.lenient ? lenient.decode(chunk, stream) : "";
    if (!isSound) return loose;
    try {
      return strict.decode(chunk, stream);
    } catch (error) {
      const message = `not valid ${strict.encoding.toUpperCase()} (lenient reads what is)`;
      if (!ledger.lenient) throw damage("not text", message, { file }, error);
      isSound = false;
      ledger.mend("not UTF-8", { file });
      return loose;
    }
  };
}

function decodersFor(encoding: string, file: string): readonly [strict: Decoder, lenient: Decoder] {
  try {
    return [new TextDecoder(encoding, { fatal: true }), new TextDecoder(encoding)];
  } catch (error) {
    const message = `encoding must be one that this runtime knows, got ${encoding}`;
    throw damage("unknown encoding", message, { file }, error);
  }
}

import { checkOptions, checkPositiveInteger, ValueError } from "@wayweave/geo-core";
import * as stopword from "stopword";

/** Which words {@link createTokenizer} finds in a text. */
export interface TokenizerOptions {
  /** BCP 47 language tag: how words are found (`Intl.Segmenter`) and lower-cased. @defaultValue "en" */
  readonly locale?: string;
  /** Words to leave out, or `"none"`. @defaultValue the stop words of the locale's language, where there are any */
  readonly stopWords?: readonly string[] | "none";
  /** Shorter words are left out; in characters. @defaultValue 2 */
  readonly minLength?: number;
  /** Whether words of digits stay. @defaultValue false */
  readonly keepNumbers?: boolean;
}

/**
 * Splits texts into words.
 *
 * `Intl.Segmenter` finds the words, so languages that write no spaces (Chinese, Japanese, Thai) work too.
 *
 * @throws {ValueError} an unknown locale, a `minLength` that is no positive integer
 * @example createTokenizer({ locale: "en" })("The geysers of Iceland") // ["geysers", "iceland"]
 */
export function createTokenizer(options: TokenizerOptions = {}): (text: string) => string[] {
  checkOptions("createTokenizer", options, ["locale", "stopWords", "minLength", "keepNumbers"]);
  const { locale = "en", minLength = 2, keepNumbers = false } = options;
  checkPositiveInteger("createTokenizer", "minLength", minLength);
  const segmenter = createSegmenter(locale);
  const dropped = new Set(stopWordsOf(locale, options.stopWords));
  return (text) => {
    if (typeof text !== "string") {
      throw new ValueError(`tokenizer: text must be a string, got ${text === null ? "null" : typeof text}`);
    }
    const words: string[] = [];
    // NFKC: full-width and half-width forms of one character are one word.
    for (const piece of pieces(text.normalize("NFKC"), segmenter)) {
      for (const { segment, isWordLike } of segmenter.segment(piece)) {
        if (!isWordLike) continue;
        const word = segment.toLocaleLowerCase(locale);
        if ([...word].length < minLength || dropped.has(word)) continue;
        if (!keepNumbers && /^[\p{N}.,]+$/u.test(word)) continue;
        words.push(word);
      }
    }
    return words;
  };
}

/** Characters of a piece, at least: a segment costs as much time as its whole text is long. */
const PIECE = 256;
/** How far behind that a separator is looked for. */
const REACH = 768;

/**
 * A character that never belongs to a word, whatever stands beside it (Unicode Standard Annex 29), so that a text can be cut before it. Not those
 * that join words (apostrophes, full stops, colons), nor `,` and `;` between digits.
 */
const SEPARATOR =
  /(?<![\p{Cf}\p{M}])(?:[\s\u200b\p{Ps}\p{Pe}\p{Pd}\p{Sc}!?#%&*@\\/|<>=+~§¶†‡•…«»“”„।॥།။፡።。、]|[,;،؛](?![\p{N}\p{M}\p{Cf}]))/gu;

/** A text in pieces that can be segmented one by one. */
function* pieces(text: string, segmenter: Intl.Segmenter): Generator<string> {
  let start = 0;
  while (text.length - start > PIECE + REACH) {
    const end = pieceEnd(text, start, segmenter);
    yield text.slice(start, end);
    start = end;
  }
  yield text.slice(start);
}

/** Before a separator; where there is none for long, as in scripts without spaces, where the segmenter sees a boundary. */
function pieceEnd(text: string, start: number, segmenter: Intl.Segmenter): number {
  for (let length = PIECE + REACH; start + length < text.length; length *= 2) {
    const ahead = text.slice(start, start + length);
    SEPARATOR.lastIndex = PIECE;
    const separator = SEPARATOR.exec(ahead);
    if (separator !== null) return start + separator.index;
    // Well before the end, where a word may be cut off.
    const boundary = segmenter.segment(ahead).containing(length / 2)?.index ?? 0;
    if (boundary > 0) return start + boundary;
  }
  return text.length;
}

function createSegmenter(locale: string): Intl.Segmenter {
  try {
    return new Intl.Segmenter(locale, { granularity: "word" });
  } catch (cause) {
    throw new ValueError(
      `createTokenizer: locale must be a BCP 47 language tag, got ${JSON.stringify(locale)}`,
      {
        cause,
      },
    );
  }
}

/** The library names its lists by ISO 639-3 codes, `Intl.Locale` knows the two-letter ones. */
const stopWordLists: Readonly<Record<string, readonly string[]>> = {
  ar: stopword.ara,
  de: stopword.deu,
  en: stopword.eng,
  es: stopword.spa,
  fr: stopword.fra,
  it: stopword.ita,
  ja: stopword.jpn,
  nl: stopword.nld,
  pt: stopword.por,
  ru: stopword.rus,
  zh: stopword.zho,
};

function stopWordsOf(locale: string, chosen: TokenizerOptions["stopWords"]): readonly string[] {
  if (chosen === "none") return [];
  if (chosen !== undefined && !Array.isArray(chosen)) {
    throw new ValueError(
      `createTokenizer: stopWords must be a list of words or "none", got ${JSON.stringify(chosen)}`,
    );
  }
  return chosen ?? stopWordLists[new Intl.Locale(locale).language] ?? [];
}

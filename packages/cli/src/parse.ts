import { ValueError } from "@wayweave/geo-core";

/** A parser of an option's text. @throws {ValueError} no finite number */
export function parseNumber(name: string): (text: string) => number {
  return (text) => {
    const value = text.trim() === "" ? Number.NaN : Number(text);
    if (!Number.isFinite(value)) {
      throw new ValueError(`${name} must be a number, got ${JSON.stringify(text)}`);
    }
    return value;
  };
}

/** A parser of an option's text. @throws {ValueError} no integer of at least 0 */
export function parseWhole(name: string): (text: string) => number {
  return (text) => {
    const value = parseNumber(name)(text);
    if (!Number.isSafeInteger(value) || value < 0) {
      throw new ValueError(`${name} must be a whole number, 0 or more, got ${text}`);
    }
    return value;
  };
}

/** A parser of an option's text. @throws {ValueError} no integer of at least 1 */
export function parseCount(name: string): (text: string) => number {
  return (text) => {
    const value = parseNumber(name)(text);
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new ValueError(`${name} must be a positive integer, got ${text}`);
    }
    return value;
  };
}

/** A parser of an option that is a word or a positive integer, such as `--k auto`. */
export function parseChoice<Word extends string>(name: string, word: Word): (text: string) => number | Word {
  return (text) => {
    if (text === word) return word;
    const value = text.trim() === "" ? Number.NaN : Number(text);
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new ValueError(`${name} must be a positive integer or ${word}, got ${JSON.stringify(text)}`);
    }
    return value;
  };
}

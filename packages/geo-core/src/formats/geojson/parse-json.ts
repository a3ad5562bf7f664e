import { parse as parseLossless } from "lossless-json";
import { isError } from "../../foundation/realms.js";

/** An integer of so many digits that a double might not hold it, outside or inside of text. */
const LONG_INTEGER = /\d{16,}/;

/** JSON whose integers beyond 2⁵³ stay what they are: they become text. */
export function parseJson(text: string): unknown {
  if (!LONG_INTEGER.test(text)) return JSON.parse(text);
  try {
    return parseLossless(text, undefined, { parseNumber: numberOrText });
  } catch (error) {
    // The library's parser recurses; what is too deep for it is not too deep for the platform's.
    if (isError(error) && error.name === "RangeError") return JSON.parse(text);
    throw error;
  }
}

function numberOrText(text: string): number | string {
  const value = Number(text);
  const isKept = !/^-?\d+$/.test(text) || Number.isSafeInteger(value) || String(value) === text;
  return isKept ? value : text;
}

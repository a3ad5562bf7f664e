import { parseDecimalText } from "./bytes.js";

/** The letters of each axis, the first positive. */
const LETTERS = { longitude: "EW", latitude: "NS" } as const;

/** Longer texts are no angles, and are not looked through: the patterns take time by the square of the length. */
const LONGEST_ANGLE = 200;

/** Degrees, perhaps minutes, perhaps seconds; behind each perhaps its mark. */
const PARTS =
  /^(\d+(?:\.\d*)?|\.\d+)\s*°?(?:[\s:]*(\d+(?:\.\d*)?)\s*(?:'|:|\s|$)(?:\s*(\d+(?:\.\d*)?)\s*(?:"|'')?)?)?$/;

/**
 * Degrees of an angle written with letters or marks: `52°31'12"N`, `N 52 31.2`, `S10 08'02.4"`, `52,52° E`. South and west
 * are negative. NaN where the text is none, names the other axis, or has neither letter nor degree sign; `O` is east in
 * German and west in French, and so is none.
 */
export function parseAngle(text: string, axis: "longitude" | "latitude"): number {
  if (text.length > LONGEST_ANGLE) return Number.NaN;
  const plain = text
    .trim()
    .toUpperCase()
    .replace(/[′’‘´`]/g, "'")
    .replace(/[″”“]|''/g, '"')
    .replace(/[ºː˚]|\bDEG\b/g, "°")
    .replace(/[−–]/g, "-");
  const [, before = "", inside = "", behind = ""] = /^([NSEW]?)\s*(.*?)\s*([NSEW]?)$/.exec(plain) ?? [];
  const letter = before + behind;
  if (letter.length > 1 || (letter === "" && !inside.includes("°"))) return Number.NaN;
  const letters = LETTERS[axis];
  if (letter !== "" && !letters.includes(letter)) return Number.NaN;
  const isMinus = inside.startsWith("-");
  // A sign and a letter may contradict each other.
  if (isMinus && letter !== "") return Number.NaN;
  const digits = inside.replace(/^[+-]/, "").trim();
  const match = PARTS.exec(digits.includes(".") ? digits : digits.replaceAll(",", "."));
  if (match === null) return Number.NaN;
  const [degrees, minutes, seconds] = match.slice(1, 4);
  // Only the last part has decimals.
  if ([degrees, minutes].some((part, i) => part?.includes(".") && match[i + 2] !== undefined))
    return Number.NaN;
  const [d, m, s] = [degrees, minutes, seconds].map((part) =>
    part === undefined ? 0 : parseDecimalText(part),
  );
  if (!(m! < 60 && s! < 60)) return Number.NaN;
  const value = d! + m! / 60 + s! / 3600;
  return isMinus || letter === letters[1] ? -value : value;
}

/** {@link parseAngle} of a text that nearly always is a plain number. */
export function parseDegrees(text: string, axis: "longitude" | "latitude"): number {
  const value = parseDecimalText(text.trim());
  return Number.isNaN(value) ? parseAngle(text, axis) : value;
}

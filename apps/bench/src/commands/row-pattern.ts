import { InvalidArgumentError } from "commander";

/**
 * The text of `--only`: a regular expression, or a row's name as it is printed, with the `+` and the brackets in it.
 *
 * @throws {InvalidArgumentError} no regular expression
 */
export function parseRowPattern(text: string): RegExp {
  const literal = text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  try {
    return new RegExp(literal === text ? text : `${text}|${literal}`);
  } catch {
    throw new InvalidArgumentError(`must be a regular expression, got ${text}`);
  }
}

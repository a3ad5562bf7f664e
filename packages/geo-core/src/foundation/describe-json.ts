/**
 * A parsed value for a message: JSON of at most 60 characters, or its kind where JSON cannot tell (a big integer, or
 * nesting so deep that JSON.stringify overflows the stack, which JSON.parse does not).
 */
export function describeJson(value: unknown): string {
  if (value === undefined) return "nothing";
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch {
    text = undefined;
  }
  if (text === undefined)
    return typeof value === "bigint" ? String(value) : `a deeply nested ${typeof value}`;
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

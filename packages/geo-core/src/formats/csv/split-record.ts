/** A record's fields, and which of them stood in quotes. */
export interface CsvFields {
  readonly values: readonly string[];
  /** Whether a field stood in quotes: `""` is empty text, and nothing at all is no value. */
  readonly quoted: readonly boolean[] | undefined;
}

/**
 * Cuts a record at its delimiters (RFC 4180). Blanks around a field are taken off. A quote within a field that does not
 * begin with one stands for itself, as in `6'5"`.
 *
 * A library would hand over the fields without telling a quoted `"5"` from a number, and give a line with a stray quote
 * up; both are needed here.
 *
 * @returns undefined where a field's quotes are not closed, or text follows them
 */
export function splitRecord(text: string, delimiter: string): CsvFields | undefined {
  if (!text.includes('"')) {
    const values = text.split(delimiter);
    for (let i = 0; i < values.length; i++) values[i] = trimmed(values[i]!, delimiter);
    return { values, quoted: undefined };
  }
  const values: string[] = [];
  const quoted: boolean[] = [];
  let at = 0;
  for (;;) {
    let start = at;
    while (start < text.length && isBlank(text[start]!, delimiter)) start++;
    if (text[start] === '"') {
      const end = closingQuote(text, start + 1);
      if (end === -1) return undefined;
      values.push(text.slice(start + 1, end).replaceAll('""', '"'));
      quoted.push(true);
      at = end + 1;
      while (at < text.length && isBlank(text[at]!, delimiter)) at++;
      if (at < text.length && text[at] !== delimiter) return undefined;
    } else {
      const end = text.indexOf(delimiter, at);
      const stop = end === -1 ? text.length : end;
      values.push(trimmed(text.slice(at, stop), delimiter));
      quoted.push(false);
      at = stop;
    }
    if (at >= text.length) return { values, quoted };
    at++; // the delimiter
    if (at === text.length) {
      values.push("");
      quoted.push(false);
      return { values, quoted };
    }
  }
}

/** Where the quotes close that opened before `from`; −1 where they do not. */
function closingQuote(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at !== -1; at = text.indexOf('"', at + 2)) {
    if (text[at + 1] !== '"') return at;
  }
  return -1;
}

/** Whether a text's last quotes are open, so that the record goes on behind a line break. */
export function hasOpenQuotes(text: string, delimiter: string): boolean {
  let at = 0;
  for (;;) {
    while (at < text.length && isBlank(text[at]!, delimiter)) at++;
    if (text[at] === '"') {
      const end = closingQuote(text, at + 1);
      if (end === -1) return true;
      at = end + 1;
    }
    const next = text.indexOf(delimiter, at);
    if (next === -1) return false;
    at = next + 1;
  }
}

function isBlank(character: string, delimiter: string): boolean {
  return (character === " " || character === "\t") && character !== delimiter;
}

function trimmed(text: string, delimiter: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text[start]!, delimiter)) start++;
  while (end > start && isBlank(text[end - 1]!, delimiter)) end--;
  return start === 0 && end === text.length ? text : text.slice(start, end);
}

import { ShapeError, ValueError } from "@wayweave/geo-core";

/** One label an item: any integers (negative and far apart too) or strings. `1` and `"1"` are different labels. */
export type Labels = ArrayLike<number | string>;

/** Labels as indices into their sorted distinct values. */
export interface EncodedLabels {
  /** The index of each item's label in `values`, `[n]`. */
  readonly codes: Uint32Array;
  /** The distinct labels: numbers ascending, then strings in code-unit order. */
  readonly values: readonly (number | string)[];
}

/** @throws {ValueError} no label at all, or a number that is not an integer */
export function encodeLabels(where: string, name: string, labels: Labels): EncodedLabels {
  const n = labels.length;
  if (n === 0) throw new ValueError(`${where}: ${name} must hold at least one label, got 0`);
  const codeOf = new Map<number | string, number>();
  const firstCodes = new Uint32Array(n);
  for (let i = 0; i < n; i++) {
    const label = labels[i]!;
    let code = codeOf.get(label);
    if (code === undefined) {
      if (typeof label !== "string" && !Number.isSafeInteger(label)) {
        throw new ValueError(`${where}: ${name}[${i}] must be an integer or a string, got ${label}`);
      }
      code = codeOf.size;
      codeOf.set(label, code);
    }
    firstCodes[i] = code;
  }
  const values = [...codeOf.keys()].sort(compareLabels);
  const sortedCode = new Uint32Array(values.length);
  values.forEach((label, i) => {
    sortedCode[codeOf.get(label)!] = i;
  });
  return { codes: firstCodes.map((code) => sortedCode[code]!), values };
}

export function compareLabels(a: number | string, b: number | string): number {
  if (typeof a === typeof b) return a < b ? -1 : a > b ? 1 : 0;
  return typeof a === "number" ? -1 : 1;
}

/** @throws {ValueError} what is no list of labels; @throws {ShapeError} label arrays of different lengths */
export function checkSameLength(where: string, labelsTrue: Labels, labelsPredicted: Labels): void {
  for (const [name, labels] of Object.entries({ labelsTrue, labelsPredicted })) {
    const length: unknown = (labels as Partial<Labels> | null | undefined)?.length;
    if (typeof labels === "string" || !Number.isSafeInteger(length))
      throw new ValueError(`${where}: ${name} must be an array of labels, got ${labels}`);
  }
  if (labelsTrue.length !== labelsPredicted.length) {
    throw new ShapeError(
      `${where}: labelsPredicted must have length ${labelsTrue.length}, got ${labelsPredicted.length}`,
    );
  }
}

/** Places, column by column: what a search needs, and what an answer shows. */
export interface PlaceList {
  readonly names: readonly string[];
  readonly texts: readonly string[];
  /** What words are looked for in, where that is more than the text. */
  readonly searched?: readonly string[];
  /** An index into `kindNames`. */
  readonly kinds: Uint8Array;
  readonly kindNames: readonly string[];
  /** Interleaved longitude, latitude. */
  readonly positions: Float64Array;
  /** NaN where there is none. */
  readonly ratings: Float64Array;
  readonly photos?: readonly (Blob | undefined)[];
}

/** Texts as vectors, and questions as vectors beside them. */
export interface PlaceEncoder {
  readonly dimensions: number;
  /** `known` counts the words of the question that some text holds; zeros where none is. */
  encodeQuery(text: string): {
    readonly vector: ArrayLike<number>;
    readonly known: number;
    readonly unknown: readonly string[];
  };
}

/** The colours of a map are told apart up to here. */
export const MOST_KINDS = 8;

/** Kinds by number: the most frequent first, all beyond the eighth as "other". */
export function numberKinds(kinds: readonly string[]): { numbers: Uint8Array; names: string[] } {
  const counts = new Map<string, number>();
  for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  let names = [...counts].sort((a, b) => b[1] - a[1]).map(([name]) => name);
  if (names.length > MOST_KINDS) names = [...names.slice(0, MOST_KINDS - 1), "other"];
  const numberOf = new Map(names.map((name, i) => [name, i]));
  return { numbers: Uint8Array.from(kinds, (kind) => numberOf.get(kind) ?? names.length - 1), names };
}

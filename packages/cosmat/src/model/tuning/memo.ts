/** What is made of a set of pairs, kept so that settings that do not concern it leave it as it is. */
export interface Memo {
  /** Whether anything is kept: what others can share is worth making then. */
  readonly reuses: boolean;
  /** Entries of the gradient at which a classifier is done, each in its column's unit. */
  readonly tolerance: number;
  of<T>(kind: keyof typeof CAPACITIES, key: string, make: () => T): T;
}

/** How many of each kind are kept, those that were asked for last: the larger they are, the fewer. */
const CAPACITIES = {
  images: 3,
  texts: 3,
  heldOutImages: 3,
  heldOutTexts: 3,
  pairs: 1,
  CorrProj: 8,
  GMA: 4,
  classifier: 40,
} as const;

/**
 * A classifier's probabilities are then within a hundredth of the converged ones: which settings are better shows, at a
 * fraction of the time.
 */
const ROUGH = 0.1;
const EXACT = 1e-3;

/** For cross-validation: many settings, one set of pairs. */
export function createMemo(): Memo {
  const kinds = new Map<string, Map<string, unknown>>();
  return {
    reuses: true,
    tolerance: ROUGH,
    of<T>(kind: keyof typeof CAPACITIES, key: string, make: () => T): T {
      const kept = kinds.get(kind) ?? new Map<string, unknown>();
      kinds.set(kind, kept);
      const known = kept.has(key);
      const value = known ? (kept.get(key) as T) : make();
      kept.delete(key);
      kept.set(key, value);
      if (kept.size > CAPACITIES[kind]) kept.delete(kept.keys().next().value as string);
      return value;
    },
  };
}

/** For a fit with settings that are known. */
export const noMemo: Memo = { reuses: false, tolerance: EXACT, of: (_kind, _key, make) => make() };

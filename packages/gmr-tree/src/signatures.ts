import { checkFinite, checkOneOf, checkOptions, checkPositiveInteger } from "./internal/checks.js";

/**
 * How `hsig` (the paper's H_SIG) turns a vector into bits, one a dimension: those entries that are at least `threshold`,
 * or the `count` largest ones (among equals the first). The paper leaves the function open. Both compare the vector
 * scaled to length 1.
 */
export type SignatureOptions =
  | { readonly kind: "threshold"; readonly threshold: number }
  | { readonly kind: "largest"; readonly count: number };

/** The kinds that {@link SignatureOptions} may have. */
export const signatureKinds = ["threshold", "largest"] as const;

/** @throws {ValueError} an unknown kind, a threshold that is not finite, or a count that is not a positive integer */
export function checkSignature(where: string, signature: SignatureOptions): void {
  checkOneOf(where, "signature.kind", signature?.kind, signatureKinds);
  const names =
    signature.kind === "threshold" ? (["kind", "threshold"] as const) : (["kind", "count"] as const);
  checkOptions<SignatureOptions>(`${where}: signature`, signature, names);
  if (signature.kind === "threshold") checkFinite(where, "signature.threshold", signature.threshold);
  else checkPositiveInteger(where, "signature.count", signature.count);
}

/** 32-bit words of a signature. */
export function signatureWords(dimensions: number): number {
  return Math.ceil(dimensions / 32);
}

/** Writes the signature of a unit vector: bit j of word ⌊j / 32⌋ for dimension j. */
export function writeSignature(
  signature: SignatureOptions,
  unit: ArrayLike<number>,
  offset: number,
  dimensions: number,
  target: Uint32Array,
  to: number,
): void {
  const words = signatureWords(dimensions);
  target.fill(0, to, to + words);
  const set = (j: number): void => {
    target[to + (j >>> 5)] = (target[to + (j >>> 5)]! | (1 << (j & 31))) >>> 0;
  };
  if (signature.kind === "threshold") {
    // The limit in float32, as the entries are: 0.1 must match an entry given as 0.1.
    const limit = Math.fround(signature.threshold);
    for (let j = 0; j < dimensions; j++) if (Math.fround(unit[offset + j]!) >= limit) set(j);
    return;
  }
  const byValue = Array.from({ length: dimensions }, (_, j) => j);
  byValue.sort((a, b) => unit[offset + b]! - unit[offset + a]! || a - b);
  for (const j of byValue.slice(0, signature.count)) set(j);
}

/**
 * Whether an entry's signature matches a query's: `any` where they share a bit ("the query contains some same semantic
 * concepts as the objects"), `all` where the entry has every bit of the query (the usual test of signature files). The
 * paper's Property 1 as printed, SIG_Q = SIG_Q ∨ SIG, would ask the entry to be a subset of the query, which OR-ed
 * signatures of inner nodes almost never are.
 */
export type SignatureMatch = "any" | "all";

export function signaturesMatch(
  match: SignatureMatch,
  query: Uint32Array,
  signatures: Uint32Array,
  offset: number,
): boolean {
  for (let w = 0; w < query.length; w++) {
    const common = (query[w]! & signatures[offset + w]!) >>> 0;
    if (match === "any" && common !== 0) return true;
    if (match === "all" && common !== query[w]) return false;
  }
  return match === "all";
}

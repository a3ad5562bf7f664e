import type { Found } from "../retrieval/track-finder-types.js";

/** How sure an answer is, in a sentence: tracks that are alike share the probability of what they have in common. */
export function verdict(hits: readonly { readonly score: number }[], confidence: number): string {
  const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
  const sure = `the first is right with a probability of ${percent(confidence)}`;
  if (confidence >= 0.5) return sure;
  const any = hits.reduce((sum, { score }) => sum + score, 0);
  return any >= 0.5
    ? `${sure}, one of these ${hits.length} with ${percent(any)}: they look alike`
    : `${sure}; probably it is none of these`;
}

/** What is said where there are no hits. */
export const NO_LINE = "no line was seen in the picture";

/** By what tracks were compared, as a sentence goes on. */
export function comparedBy({ by }: Pick<Found, "by">): string {
  return by === "place"
    ? "by where the line lies"
    : "by the line's shape alone, since nothing says where the picture's corners are (--bounds w,s,e,n)";
}

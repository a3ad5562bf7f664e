import { findWindows, type PairSet, type WindowHit } from "@wayweave/trajcross";
import { loadLineReader } from "@wayweave/trajcross/node";
import type { PartnerRanks } from "./ranking.js";

/** What a table with these rows has to say. */
export const lineMatchNote =
  "Universal, by the line and its ends: nothing is trained on these data. A reader that comes with the package sees where an image's line runs, starts and ends; trajectories that are a part of it are candidates too, and each is compared with the line, the ends and the colours along its path. An image's candidates are weighed against each other; a trajectory's images are ranked by the probability that they give it.";

/** Ranks by the line that is read in each image; what is no candidate comes last. Ties count against us. */
export async function lineMatchRanks(
  test: PairSet,
  candidates: number,
  signal: AbortSignal,
): Promise<PartnerRanks> {
  const reader = await loadLineReader({ threads: 1 });
  try {
    const k = 3 * candidates; // each of three ways of looking finds some
    const hits = await findWindows(reader, test.trajectories, test.images, {
      stage: "line",
      k,
      candidates,
      signal,
    });
    const n = test.trajectories.length;
    const byTrajectory: WindowHit[][] = Array.from({ length: n }, () => []);
    for (const [image, found] of hits.entries()) {
      const shares = softmax(found.map(({ score }) => score));
      for (const [rank, { index }] of found.entries())
        byTrajectory[index]!.push({ index: image, score: shares[rank]! });
    }
    return {
      trajectoryToImage: Uint32Array.from(byTrajectory, (found, own) => rankOf(found, own, n)),
      imageToTrajectory: Uint32Array.from(hits, (found, own) => rankOf(found, own, n)),
    };
  } finally {
    await reader.dispose();
  }
}

function rankOf(found: readonly WindowHit[], own: number, last: number): number {
  const score = found.find(({ index }) => index === own)?.score;
  return score === undefined ? last : found.filter((hit) => hit.score >= score).length;
}

function softmax(scores: readonly number[]): number[] {
  const largest = Math.max(...scores);
  const shares = scores.map((score) => Math.exp(score - largest));
  const sum = shares.reduce((a, b) => a + b, 0);
  return shares.map((share) => share / sum);
}

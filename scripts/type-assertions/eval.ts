// Types as a user of the published package meets them: each line under @ts-expect-error must fail.
import { meanAveragePrecision, pairedRanks, silhouette, topK, uacc } from "@wayweave/eval";

const rows = { data: Float32Array.of(1, 0, 0, 1), rows: 2, columns: 2 };
const share: number = topK(pairedRanks(rows, rows).queryToGallery, 1);
export const scores = [
  share,
  uacc([0, 1], ["a", "b"]),
  meanAveragePrecision([[1]], { noneRelevant: "skip" }),
];

// @ts-expect-error there is no such similarity
pairedRanks(rows, rows, { similarity: "euclidean" });
// @ts-expect-error embeddings are in typed arrays
pairedRanks({ data: [1, 0], rows: 1, columns: 2 }, rows);
// @ts-expect-error labels are needed
silhouette(rows);
// @ts-expect-error there is no such policy
meanAveragePrecision([[1]], { noneRelevant: "ignore" });

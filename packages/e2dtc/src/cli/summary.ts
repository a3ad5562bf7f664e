/** The probability of each trip's own cluster, to four digits. */
export function confidences(labels: Uint32Array, softAssignments: Float32Array, k: number): number[] {
  return Array.from(labels, (label, i) => Math.round(1e4 * softAssignments[i * k + label]!) / 1e4);
}

/** The trip whose embedding is nearest to the mean of its cluster's; −1 for an empty cluster, `[k]`. */
export function centralTrips(labels: Uint32Array, k: number, embeddings: Float32Array): number[] {
  const width = labels.length === 0 ? 0 : embeddings.length / labels.length;
  const counts = new Float64Array(k);
  const means = new Float64Array(k * width);
  for (const [i, label] of labels.entries()) {
    counts[label]!++;
    for (let j = 0; j < width; j++) means[label * width + j]! += embeddings[i * width + j]!;
  }
  const central = new Array<number>(k).fill(-1);
  const least = new Float64Array(k).fill(Number.POSITIVE_INFINITY);
  for (const [i, label] of labels.entries()) {
    let square = 0;
    for (let j = 0; j < width; j++) {
      square += (embeddings[i * width + j]! - means[label * width + j]! / counts[label]!) ** 2;
    }
    if (square < least[label]!) [central[label], least[label]] = [i, square];
  }
  return central;
}

/** The command's last line. */
export function summary(
  labels: ArrayLike<number> & Iterable<number>,
  k: number,
  files: { readonly out: string; readonly model?: string; readonly map?: string },
): string {
  const counts = new Uint32Array(k);
  for (const label of labels) if (label >= 0) counts[label]!++;
  return countsText(labels.length, counts, files);
}

/** @example inClusters(1, 2) // "1 trip in 2 clusters" */
export function inClusters(trips: number, clusters: number): string {
  return `${trips} trip${trips === 1 ? "" : "s"} in ${clusters} cluster${clusters === 1 ? "" : "s"}`;
}

export function countsText(
  trips: number,
  counts: Uint32Array,
  { out, model, map }: { readonly out: string; readonly model?: string; readonly map?: string },
): string {
  const saved = model === undefined ? "" : `, the model in ${model}`;
  const drawn = map === undefined ? "" : `, a map in ${map}`;
  const without = trips - counts.reduce((sum, count) => sum + count, 0);
  const rest = without === 0 ? "" : `, and ${without} in none`;
  return `${inClusters(trips, counts.length)} of ${[...counts].join(", ")}${rest}: ${out}${saved}${drawn}\n`;
}

import { progressView } from "@wayweave/cli";

/** What any long work tells. */
export interface Progress {
  readonly phase: string;
  readonly done: number;
  readonly total: number;
  readonly loss?: number | null;
}

/** Shows how far clustering is. */
export interface FitView {
  update(progress: Progress): void;
  stop(): void;
}

const titles: Readonly<Record<string, string>> = {
  vocabulary: "cutting space into cells",
  skipGram: "learning cells",
  pretrain: "learning routes",
  start: "finding a start",
  selfTrain: "forming clusters",
  predict: "labelling",
  distances: "comparing trips",
  candidates: "trying clusterings",
  spread: "labelling the others",
  k: "looking for the number of clusters",
  embed: "embedding",
};

/** {@link progressView} with titles for the phases of clustering. */
export function fitView(stream: NodeJS.WriteStream): FitView {
  const view = progressView(stream);
  return {
    update: ({ phase, done, total, loss = null }) =>
      view.update(titles[phase] ?? phase, done, total, loss === null ? "" : `loss ${loss.toFixed(3)}`),
    stop: () => view.stop(),
  };
}

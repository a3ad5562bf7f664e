import type { FitOptions, FitResult } from "@wayweave/e2dtc/train";
import type { LabelledTrips } from "../../../datasets/trips.js";
import type { RunContext } from "../../experiment.js";

/** How long a small network trains. */
export interface NetworkBudget {
  readonly pretrainEpochs: number;
  /** Steps of an epoch at least, of both phases. */
  readonly minEpochSteps: number;
  readonly selfTrainEpochs: number;
}

export interface NetworkRequest {
  /** The paper's method, or ours; cells come from the data in both. */
  readonly method: "standard" | "paper";
  readonly budget: NetworkBudget;
  readonly selfTrain?: FitOptions["selfTrain"];
  /** Pre-training of another fit of the same trips. */
  readonly pretrained?: FitResult["pretrained"];
}

/** Clusters trips by a small network. Labels play no part. */
export async function byNetwork(
  { seed, engine, signal, reportEngine, onProgress }: RunContext,
  { set, k }: Pick<LabelledTrips, "set" | "k">,
  { method, budget, selfTrain, pretrained }: NetworkRequest,
): Promise<Pick<FitResult, "labels" | "history" | "pretrained">> {
  // The training engine is heavy: the command line loads every experiment.
  const { fitE2DTC } = await import("@wayweave/e2dtc/train");
  const { pretrainEpochs, selfTrainEpochs, minEpochSteps } = budget;
  const { labels, history, ...fitted } = await fitE2DTC(set, {
    k,
    seed,
    preset: method,
    size: "small",
    engine: engine as NonNullable<FitOptions["engine"]>,
    threads: 1,
    session: { threads: 1 },
    batchSize: 64,
    tokens: { cellSizeMeters: null },
    pretrain: { epochs: pretrainEpochs, minEpochSteps, learningRate: 4e-3 },
    selfTrain: { epochs: selfTrainEpochs, minEpochSteps, ...selfTrain },
    ...(pretrained === undefined ? {} : { pretrained }),
    signal,
    onProgress: ({ phase, epochs, done, total }) => {
      if (phase !== "pretrain" && phase !== "selfTrain") return;
      const before = phase === "pretrain" ? 0 : pretrainEpochs;
      onProgress({ done: before + (epochs * done) / total, total: pretrainEpochs + selfTrainEpochs });
    },
  });
  reportEngine(fitted.engine);
  await fitted.model.dispose();
  return { labels, history, pretrained: fitted.pretrained };
}

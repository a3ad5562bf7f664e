import { Random } from "@wayweave/geo-core";
import {
  adam,
  createTrainStep,
  type Loss,
  type Tensor,
  type TensorSpec,
  type TrainStep,
  tf,
} from "@wayweave/nn/train";
import { type Assignment, assign, changedShare, targetDistribution } from "../model/assignment.js";
import { departuresOf } from "../model/config.js";
import { decode, type Encoded, encode, softAssign } from "../model/forward.js";
import type { Params } from "../model/params.js";
import type { Seeds } from "../starts/seeding.js";
import { passesOf, shuffledBatches } from "../tokens/batches.js";
import { drawOthers, targetEntries } from "./cluster-entries.js";
import {
  decoderEntries,
  decoderSpec,
  encoderEntries,
  encoderSpec,
  rowEntries,
  shareEntry,
  shareSpec,
} from "./evaluator.js";
import { checkFiniteLoss } from "./finite-loss.js";
import { clusterLoss, tripletLoss } from "./loss.js";
import { noiseOf, roomFor, type TrainingData } from "./pretrain.js";
import { openPhase } from "./saved-phase.js";

/** One epoch of self-training: means over its trajectories, and what the epoch started from. */
export interface SelfTrainEpoch {
  /** Eq. 14. */
  readonly loss: number;
  /** Eq. 8, nats a token. */
  readonly reconstruction: number;
  /** Eq. 11, nats a trajectory. */
  readonly cluster: number;
  /** Eq. 13; 0 without the triplet loss. */
  readonly triplet: number;
  /** Whether the network was learning the clusters of places it starts from (plain cross-entropy), not eq. 9 and 10's. */
  readonly warmUp: boolean;
  /**
   * Share of the network's own labels that changed since the epoch before; `null` where either epoch is one of the warm-up, and
   * for the first.
   */
  readonly changed: number | null;
  /** Clusters that had at least one trajectory. */
  readonly clusters: number;
}

export interface SelfTrainProgress {
  readonly phase: "selfTrain";
  readonly epoch: number;
  readonly epochs: number;
  /** Passes through the trajectories done and to do in this epoch. */
  readonly done: number;
  readonly total: number;
  /** Of the last batch. */
  readonly loss: number;
}

export interface SelfTrained {
  readonly params: Params;
  readonly centers: Float32Array;
  readonly history: readonly SelfTrainEpoch[];
  /** Whether Algorithm 1's rule ended it, after an epoch of self-training at least, rather than the number of epochs. */
  readonly converged: boolean;
}

interface SelfTrainState {
  readonly history: readonly SelfTrainEpoch[];
  /** The labels that the last epoch started from, base64 of their bytes. */
  readonly labels: string;
}

const CENTERS = "centers";

/**
 * Self-training (§V-D, Algorithm 1): network and centres learn together to be surer of the clusters. Before each epoch all
 * trajectories are embedded and P is computed (eq. 10); training ends when hardly one of the network's own labels has changed
 * since the epoch before. No true label exists here.
 *
 * Clusters that were found among the trips' places are first learnt as they are, for some epochs: with P certain of them, eq. 11
 * is a plain cross-entropy. Where these are all the epochs there are, the network imitates its start and trains nothing itself.
 *
 * @throws {StateError} a loss that is not finite
 */
export async function selfTrain(
  data: TrainingData,
  initial: Params,
  seeds: Seeds,
  onProgress?: (progress: SelfTrainProgress) => void,
): Promise<SelfTrained> {
  const { config } = data;
  const { centers } = seeds;
  const { hidden } = config.network;
  const k = centers.length / hidden;
  const step = await createTrainStep({
    params: {
      ...initial,
      [CENTERS]: { type: "float32", shape: [k, hidden], data: Float32Array.from(centers) },
    },
    loss: selfTrainLoss(data),
    optimizer: adam({ learningRate: config.selfTrain.learningRate, clipNorm: config.clipNorm }),
    frozen: departuresOf(config.selfTrain).includes("fixedCenters") ? [CENTERS] : [],
    batchSpec: selfTrainSpec(k, data),
    seed: data.seed,
    ...data.engine,
  });
  try {
    return await runEpochs(data, step, k, seeds.placeLabels, onProgress);
  } finally {
    await step.dispose();
  }
}

function selfTrainSpec(k: number, { reconstruction }: TrainingData): Record<string, TensorSpec> {
  return {
    ...encoderSpec,
    noisyTokens: encoderSpec.tokens,
    noisyLengths: encoderSpec.lengths,
    ...decoderSpec,
    ...reconstruction.spec,
    rows: { type: "float32", shape: [null] },
    share: shareSpec,
    target: { type: "float32", shape: [null, k] },
    others: { type: "int32", shape: [null] },
    otherWeights: { type: "float32", shape: [null] },
  };
}

/** Eq. 12 or 14. */
function selfTrainLoss({ config, reconstruction }: TrainingData): Loss {
  const { loss: kind, clusterWeight, tripletWeight, margin } = config.selfTrain;
  return (params, batch) => {
    const rows = batch.rows!.shape[0]!;
    // Trajectories and their damaged variants go through the encoder together.
    const encoded = encode(
      params,
      tf.concat([batch.tokens!, batch.noisyTokens!], 1),
      tf.concat([batch.lengths!, batch.noisyLengths!]),
      config.network,
    );
    const [anchors, positives] = tf.split(encoded.embedding, 2) as [Tensor, Tensor]; // [rows, hidden] each
    const damaged = secondHalf(encoded, rows);
    const states = decode(params, batch.before!, damaged, config.network);
    const reconstructed = reconstruction.loss(params, states, batch);
    const cluster = clusterLoss(softAssign(anchors, params[CENTERS]!), batch.target!, batch.rows!);
    const l1 = reconstructed.add(cluster.mul(clusterWeight));
    const shared = (total: Tensor) => ({ loss: total.mul(batch.share!), total });
    if (kind === "L1") return { ...shared(l1), reconstruction: reconstructed, cluster };
    const negatives = tf.gather(anchors, batch.others!);
    const triplet = tripletLoss(anchors, positives, negatives, batch.otherWeights!, margin);
    const l2 = l1.add(triplet.mul(tripletWeight));
    return { ...shared(l2), reconstruction: reconstructed, cluster, triplet };
  };
}

/** What the encoder made of the damaged variants, which follow the trajectories in a batch. */
function secondHalf({ embedding, last, states, lengths }: Encoded, rows: number): Encoded {
  const half = (of: Tensor) => of.slice([rows, 0], [rows, -1]);
  return {
    embedding: half(embedding),
    last: last.map(half),
    states: states.slice([0, rows, 0], [-1, rows, -1]),
    lengths: lengths.slice([rows], [rows]),
  };
}

async function runEpochs(
  data: TrainingData,
  step: TrainStep,
  k: number,
  placeLabels: Uint32Array | undefined,
  onProgress: ((progress: SelfTrainProgress) => void) | undefined,
): Promise<SelfTrained> {
  const { epochs, tolerance } = data.config.selfTrain;
  const run = await openPhase<SelfTrainState>(step, "self-train", data.identity, data.checkpointDir);
  const history = [...(run.state?.history ?? [])];
  let before = run.state === undefined ? undefined : labelsFrom(run.state.labels);
  let converged = false;
  while (history.length < epochs) {
    const epoch = history.length;
    const own = await ownAssignment(data, await step.params(), placeLabels, history);
    // Two assignments of the network's own in a row: a start that it has learnt by heart does not say that it has settled.
    const isSecond = own !== undefined && history.at(-1)?.warmUp === false;
    const changed = isSecond ? changedShare(before!, own.labels) : null;
    converged = changed !== null && changed <= tolerance;
    if (converged) break;
    const assignment = own ?? certain(placeLabels!, k);
    before = assignment.labels;
    const means = await runEpoch(data, step, epoch, assignment, k, (done, total, loss) => {
      checkFiniteLoss(loss, `epoch ${epoch + 1} of self-training`);
      onProgress?.({ phase: "selfTrain", epoch, epochs, done, total, loss });
    });
    const clusters = new Set(assignment.labels).size;
    history.push({ ...means, warmUp: own === undefined, changed, clusters });
    await run.save({ history, labels: textOf(before) });
  }
  const { [CENTERS]: centers, ...params } = await step.params();
  return { params, centers: centers!.data as Float32Array, history, converged };
}

/**
 * The network's assignment; none while it has yet to learn the places that it starts from: in its first epochs, and on until
 * it has. Once over, the warm-up is over.
 */
async function ownAssignment(
  data: TrainingData,
  params: Params,
  placeLabels: Uint32Array | undefined,
  history: readonly SelfTrainEpoch[],
): Promise<Assignment | undefined> {
  const { warmUpEpochs, warmUpAgreement } = data.config.selfTrain;
  const isWarm = history.at(-1)?.warmUp ?? warmUpEpochs > 0;
  if (placeLabels === undefined || !isWarm) return assignAll(data, params);
  if (history.length < warmUpEpochs) return undefined;
  const own = await assignAll(data, params);
  return 1 - changedShare(own.labels, placeLabels) < warmUpAgreement ? undefined : own;
}

/** Labels as an assignment that has no doubt. */
function certain(labels: Uint32Array, k: number): Assignment {
  const soft = new Float32Array(labels.length * k);
  for (const [i, label] of labels.entries()) soft[i * k + label] = 1;
  return { soft, labels };
}

async function assignAll(data: TrainingData, params: Params): Promise<Assignment> {
  const { [CENTERS]: centers, ...network } = params;
  const { hidden } = data.config.network;
  const embeddings = await data.evaluator.embed(network, data.clean, data.signal);
  return assign({ data: embeddings, rows: data.source.length, columns: hidden }, centers!.data);
}

async function runEpoch(
  data: TrainingData,
  step: TrainStep,
  epoch: number,
  { soft, labels }: Assignment,
  k: number,
  report: (done: number, total: number, loss: number) => void,
): Promise<Omit<SelfTrainEpoch, "warmUp" | "changed" | "clusters">> {
  const { source, clean, config } = data;
  const random = new Random(data.seed).split("self-train").split(epoch);
  const target = targetDistribution(soft, k);
  const all = Uint32Array.from(labels, (_, i) => i);
  const departures = departuresOf(config.selfTrain);
  const isMisaligned = departures.includes("misalignedTargets");
  const isAnyNegative = departures.includes("anyNegatives");
  const passes = passesOf(all.length, config.batchSize, config.selfTrain.minEpochSteps);
  const sums = { total: 0, reconstruction: 0, cluster: 0, triplet: 0 };
  for (let pass = 0; pass < passes; pass++) {
    const own = random.split(pass);
    const noisy = source.noisy(own.split("noise"), noiseOf(config));
    const batches = shuffledBatches(roomFor(noisy, clean), all, config, own.split("batches"));
    const others = own.split("others");
    let position = 0;
    for (const [i, batch] of batches.entries()) {
      data.signal?.throwIfAborted();
      const { tokens, lengths } = encoderEntries(noisy, batch);
      const metrics = await step.step({
        ...encoderEntries(clean, batch),
        noisyTokens: tokens,
        noisyLengths: lengths,
        ...decoderEntries(clean, batch),
        ...data.reconstruction.draw(`self-train ${step.stepCount()}`),
        rows: rowEntries(batch),
        share: shareEntry(batch, config),
        // In the authors' code batches are sorted, P is not: its rows are read one after another.
        target: targetEntries(target, batch, k, isMisaligned ? position : undefined),
        ...drawOthers(isAnyNegative ? undefined : labels, batch, others),
      });
      position += batch.indices.length;
      for (const name of Object.keys(sums) as (keyof typeof sums)[])
        sums[name] += (metrics[name] ?? 0) * batch.indices.length;
      report(pass + (i + 1) / batches.length, passes, metrics.total!);
    }
  }
  const mean = (name: keyof typeof sums) => sums[name] / (passes * all.length);
  return {
    loss: mean("total"),
    reconstruction: mean("reconstruction"),
    cluster: mean("cluster"),
    triplet: mean("triplet"),
  };
}

function textOf(labels: Uint32Array): string {
  return Buffer.from(labels.buffer, labels.byteOffset, labels.byteLength).toString("base64");
}

function labelsFrom(text: string): Uint32Array {
  return new Uint32Array(Uint8Array.from(Buffer.from(text, "base64")).buffer);
}

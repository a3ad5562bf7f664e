import { Pace } from "@wayweave/geo-core";
import { createInference, type Engine, type Inference, type TensorSpec } from "@wayweave/nn/train";
import type { E2DTCConfig } from "../model/config.js";
import { decode, encode } from "../model/forward.js";
import type { Params } from "../model/params.js";
import { type Batch, lengthsOf, planBatches } from "../tokens/batches.js";
import type { TokenSequences } from "../tokens/tokens.js";
import { decoderEntries, decoderSpec, encoderEntries, encoderSpec, encoderTensors } from "./entries.js";
import type { ReconstructionOfBatch } from "./reconstruction.js";

export interface EngineOptions {
  /** @defaultValue "auto" */
  readonly engine?: Engine;
  /** Threads of one operator, for compiled engines. */
  readonly threads?: number;
}

/**
 * The network in training, run without changing it. Parameters are inputs of the graphs, so that nothing is compiled
 * again while they change.
 */
export class Evaluator {
  readonly #config: E2DTCConfig;
  readonly #embedder: Inference;
  readonly #reconstructor: Inference;
  readonly #reconstruction: ReconstructionOfBatch;

  private constructor(
    config: E2DTCConfig,
    embedder: Inference,
    reconstructor: Inference,
    reconstruction: ReconstructionOfBatch,
  ) {
    this.#config = config;
    this.#embedder = embedder;
    this.#reconstructor = reconstructor;
    this.#reconstruction = reconstruction;
  }

  static async create(
    params: Params,
    config: E2DTCConfig,
    reconstruction: ReconstructionOfBatch,
    options: EngineOptions,
  ): Promise<Evaluator> {
    const { network } = config;
    const specs: Record<string, TensorSpec> = {};
    for (const [name, { type, shape }] of Object.entries(params)) specs[name] = { type, shape };
    const inputSpec = { ...specs, ...encoderSpec(network) };
    const embedder = await createInference({
      forward: (_, all) => encode(all, encoderTensors(all), network).embedding,
      params: {},
      inputSpec,
      ...options,
    });
    const reconstructor = await createInference({
      forward: (_, all) => ({
        loss: reconstruction.loss(
          all,
          decode(all, all.before!, encode(all, encoderTensors(all), network), network),
          all,
        ),
      }),
      params: {},
      inputSpec: { ...inputSpec, ...decoderSpec, ...reconstruction.spec },
      ...options,
    });
    return new Evaluator(config, embedder, reconstructor, reconstruction);
  }

  /** Embeddings, row-major, `[sequences, hidden]`. */
  async embed(params: Params, sequences: TokenSequences, signal?: AbortSignal): Promise<Float32Array> {
    const { hidden } = this.#config.network;
    const lengths = lengthsOf(sequences);
    const all = Uint32Array.from(lengths, (_, i) => i);
    const embeddings = new Float32Array(lengths.length * hidden);
    const pace = new Pace(signal);
    for (const batch of planBatches(lengths, all, this.#config)) {
      await pace.step();
      const { output } = await this.#embedder.run({
        ...params,
        ...encoderEntries(sequences, batch, this.#config.network),
      });
      for (const [row, index] of batch.indices.entries()) {
        embeddings.set(
          (output!.data as Float32Array).subarray(row * hidden, (row + 1) * hidden),
          index * hidden,
        );
      }
    }
    return embeddings;
  }

  /** The mean reconstruction loss of some trajectories, nats a token. */
  async reconstructionLoss(
    params: Params,
    noisy: TokenSequences,
    clean: TokenSequences,
    batches: readonly Batch[],
    signal?: AbortSignal,
  ): Promise<number> {
    let sum = 0;
    let tokens = 0;
    const pace = new Pace(signal);
    for (const [i, batch] of batches.entries()) {
      await pace.step();
      const target = decoderEntries(clean, batch);
      const { loss } = await this.#reconstructor.run({
        ...params,
        ...encoderEntries(noisy, batch, this.#config.network),
        ...target,
        // The same draw every time, so that losses compare.
        ...this.#reconstruction.draw(`validation ${i}`),
      });
      const count = target.weights.data.reduce((total, weight) => total + weight, 0);
      sum += loss!.data[0]! * count;
      tokens += count;
    }
    return sum / tokens;
  }

  async dispose(): Promise<void> {
    await this.#embedder.dispose();
    await this.#reconstructor.dispose();
  }
}

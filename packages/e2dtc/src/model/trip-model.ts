import {
  checkOptions,
  checkPositiveInteger,
  Pace,
  type TrajectorySet,
  ValueError,
  WEB_MERCATOR_MAX_LATITUDE,
} from "@wayweave/geo-core";
import type { Outputs, Predictor } from "@wayweave/nn/inference";
import { checkTimed, checkTrips, kindOf } from "../inputs/check-trips.js";
import { planBatches } from "../tokens/batches.js";
import { type ModelInfo, readModelInfo } from "./model-file.js";

/** How many trajectories are computed at a time, and how to watch and stop it. */
export interface RunOptions {
  /** Trajectories computed at a time, at most. @defaultValue 512 */
  readonly batchSize?: number;
  /** Called after each batch: trajectories done, of all. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
  /** Heard before each batch; the promise is rejected with its reason. */
  readonly signal?: AbortSignal;
}

/** What a model says of trajectories. */
export interface Prediction {
  /** The likeliest cluster, 0 … k − 1, `[trajectories]`. */
  readonly labels: Uint32Array;
  /** Probability of each cluster (eq. 9), rows sum to 1, row-major, `[trajectories × k]`. */
  readonly softAssignments: Float32Array;
  /** v_T, row-major, `[trajectories × hidden]`. */
  readonly embeddings: Float32Array;
}

/** Points that a batch may hold, filling included. */
const POINTS_PER_BATCH = 65_536;

/** Why trips must have times, for error messages. */
const TRAINED_WITH_TIMES = "since the model was trained with times of day (network.timeOfDay)";

/**
 * A trained E2DTC model on whatever runs it: tells which cluster a trajectory belongs to. In Node `E2DTC.load` of `@wayweave/e2dtc` makes one;
 * elsewhere load the `.onnx` file onto an ONNX runtime with `SessionModel` of `@wayweave/nn/inference`.
 *
 * @example
 * const model = new TripModel(await SessionModel.load(bytes, ort));
 * const { labels } = await model.predict(trips);
 */
export class TripModel {
  /** What the model says of itself: its clusters, the coordinates that it takes, the area that it has learnt. */
  readonly info: ModelInfo;
  readonly #model: Predictor;
  readonly #name: string;

  /**
   * @param name of the class that the user called, for error messages
   * @throws {FormatError} a model that is no E2DTC model
   */
  constructor(model: Predictor, name = "TripModel") {
    if (typeof model?.run !== "function" || typeof model.metadata !== "object" || model.metadata === null) {
      throw new ValueError(`${name}: model must be a Predictor with run and metadata, got ${kindOf(model)}`);
    }
    this.#model = model;
    this.#name = name;
    this.info = readModelInfo(model.metadata);
  }

  /** Number of clusters. */
  get k(): number {
    return this.info.k;
  }

  /**
   * The clusters of trajectories, whichever the model was trained on.
   *
   * @throws {ValueError} a set of another coordinate system than the model's, a trajectory without points, a point without time where the
   *   model was trained with times of day, or a `batchSize` that is not a positive integer
   */
  async predict(trajectories: TrajectorySet, options: RunOptions = {}): Promise<Prediction> {
    const { k, hidden } = this.info;
    checkTrips(`${this.#name}.predict`, "trajectories", trajectories);
    const count = trajectories.length;
    const labels = new Uint32Array(count);
    const softAssignments = new Float32Array(count * k);
    const embeddings = new Float32Array(count * hidden);
    await this.#run(trajectories, options, (outputs, row, index) => {
      labels[index] = (outputs.label!.data as Int32Array)[row]!;
      const soft = outputs.softAssignment!.data as Float32Array;
      softAssignments.set(soft.subarray(row * k, (row + 1) * k), index * k);
      const embedding = outputs.embedding!.data as Float32Array;
      embeddings.set(embedding.subarray(row * hidden, (row + 1) * hidden), index * hidden);
    });
    return { labels, softAssignments, embeddings };
  }

  /** {@link predict}'s embeddings alone. */
  async embed(trajectories: TrajectorySet, options: RunOptions = {}): Promise<Float32Array> {
    return (await this.predict(trajectories, options)).embeddings;
  }

  /** Gives the model's memory back. */
  dispose(): Promise<void> {
    return this.#model.dispose();
  }

  async #run(
    set: TrajectorySet,
    options: RunOptions,
    take: (outputs: Outputs, row: number, index: number) => void,
  ): Promise<void> {
    const where = `${this.#name}.predict`;
    checkOptions(where, options, ["batchSize", "onProgress", "signal"]);
    const { batchSize = 512, onProgress, signal } = options;
    const { timeOfDay = false } = this.info;
    checkTrajectories(where, set, this.info);
    if (timeOfDay) checkTimed(where, set, TRAINED_WITH_TIMES);
    checkPositiveInteger(where, "batchSize", batchSize);
    const lengths = Uint32Array.from({ length: set.length }, (_, i) => set.pointCountOf(i));
    const all = lengths.map((_, i) => i);
    const sizes = { batchSize, tokensPerBatch: POINTS_PER_BATCH };
    // The engine holds the event loop while it computes: without a pause no signal would come through.
    const pace = new Pace(signal);
    signal?.throwIfAborted();
    let done = 0;
    for (const { indices, time } of planBatches(lengths, all, sizes)) {
      await pace.step();
      const rows = indices.length;
      const coordinates = new Float64Array(rows * time * 2);
      const times = new Float64Array(timeOfDay ? rows * time : 0);
      for (const [row, index] of indices.entries()) {
        const [start, end] = [set.offsets[index]!, set.offsets[index + 1]!];
        coordinates.set(set.coordinates.subarray(2 * start, 2 * end), 2 * row * time);
        if (timeOfDay) times.set(set.timesMs!.subarray(start, end), row * time);
      }
      const outputs = await this.#model.run({
        coordinates: { data: coordinates, shape: [rows, time, 2] },
        lengths: { data: Int32Array.from(indices, (index) => lengths[index]!), shape: [rows] },
        ...(timeOfDay ? { times: { data: times, shape: [rows, time] } } : {}),
      });
      for (const [row, index] of indices.entries()) take(outputs, row, index);
      done += rows;
      onProgress?.({ done, total: set.length });
    }
  }
}

/** @throws {ValueError} a set of another coordinate system, a trajectory without points, or one beyond Web Mercator's latitudes */
export function checkTrajectories(
  where: string,
  set: TrajectorySet,
  { coordinateSystem }: Pick<ModelInfo, "coordinateSystem">,
): void {
  checkTrips(where, "trajectories", set);
  if (set.coordinateSystem !== coordinateSystem) {
    throw new ValueError(
      `${where}: trajectories must be ${coordinateSystem} as in training, got ${set.coordinateSystem}`,
    );
  }
  for (let i = 0; i < set.length; i++) {
    if (set.offsets[i] === set.offsets[i + 1]) {
      throw new ValueError(`${where}: trajectory ${i} must hold at least one point, got 0`);
    }
    if (coordinateSystem === "lonlat") checkLatitudes(where, set, i);
  }
}

function checkLatitudes(where: string, { coordinates, offsets }: TrajectorySet, trip: number): void {
  for (let p = offsets[trip]!; p < offsets[trip + 1]!; p++) {
    if (Math.abs(coordinates[2 * p + 1]!) > WEB_MERCATOR_MAX_LATITUDE) {
      throw new ValueError(
        `${where}: trajectory ${trip} must lie within ${WEB_MERCATOR_MAX_LATITUDE}° of latitude, where the grid's cells end, got ${coordinates[2 * p + 1]}: project polar trips to a plane`,
      );
    }
  }
}

import { FormatError, StateError } from "@wayweave/geo-core";
import { isOnnxType, type OnnxData, type OnnxType } from "../onnx/types.js";
import { type Batch, OutputJoiner, planBatches } from "./batching.js";
import { checkInputs, checkOutputNames } from "./check-inputs.js";
import { checkRunOptions, type Inputs, type Outputs, type RunOptions, type TensorSpec } from "./predictor.js";
import type { OnnxSession, SessionTensor, SessionTensorClass, SessionValue } from "./session.js";

/** Runs a session of any ONNX runtime: checks, cuts into batches, runs one at a time, joins. */
export class SessionRunner {
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  #session: OnnxSession | undefined;
  readonly #tensor: SessionTensorClass;
  /** Sessions of onnxruntime-web refuse a run while another is on. */
  #last: Promise<unknown> = Promise.resolve();

  /**
   * @param where the function that the user called
   * @throws {FormatError} inputs or outputs that are not supported
   */
  constructor(where: string, session: OnnxSession, tensor: SessionTensorClass) {
    this.#session = session;
    this.#tensor = tensor;
    this.inputs = toSpecs(where, session.inputMetadata);
    this.outputs = toSpecs(where, session.outputMetadata);
  }

  async run(where: string, inputs: Inputs, options: RunOptions): Promise<Outputs> {
    this.#open(where);
    checkRunOptions(where, options);
    const names = checkOutputNames(where, this.outputs, options.outputs);
    const plan = planBatches(where, checkInputs(where, this.inputs, inputs), options.batchSize);
    const joiner = new OutputJoiner(where, plan, this.outputs);
    for (const batch of plan.batches) {
      options.signal?.throwIfAborted();
      joiner.put(batch, await this.#runBatch(this.#open(where), batch, names));
      options.onProgress?.({ done: batch.start + batch.count, total: plan.rows });
    }
    return joiner.outputs;
  }

  /** Frees the session, once the batch that runs now is done. */
  async dispose(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    await this.#last;
    await session?.release();
  }

  async #runBatch(session: OnnxSession, batch: Batch, names: readonly string[]): Promise<Outputs> {
    const feeds: Record<string, SessionTensor> = {};
    for (const { spec, data, shape } of batch.inputs) {
      // The constructor ties each type to its array; `checkInputs` has made sure of that.
      feeds[spec.name] = new this.#tensor(spec.type as never, data as never, shape);
    }
    const fetched = await this.#inTurn(() => session.run(feeds, [...names]));
    const outputs: Outputs = {};
    for (const name of names) {
      const tensor = fetched[name]!;
      const type = tensor.type as OnnxType;
      outputs[name] = { type, shape: tensor.dims, data: await dataOf(type, tensor) };
    }
    return outputs;
  }

  #inTurn<Result>(run: () => Promise<Result>): Promise<Result> {
    const turn = this.#last.then(run);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  #open(where: string): OnnxSession {
    if (this.#session === undefined) throw new StateError(`${where}: the model was disposed`);
    return this.#session;
  }
}

async function dataOf(type: OnnxType, tensor: SessionTensor): Promise<OnnxData> {
  const data = (tensor.getData === undefined ? tensor.data : await tensor.getData()) as OnnxData;
  if (type !== "float16" || !ArrayBuffer.isView(data)) return data;
  // A Float16Array, where the platform has one; everywhere else these are bits.
  const { buffer, byteOffset, byteLength } = data;
  return new Uint16Array(buffer as ArrayBuffer, byteOffset, byteLength / 2);
}

function toSpecs(where: string, metadata: readonly SessionValue[]): TensorSpec[] {
  return metadata.map(({ name, isTensor, type = "nothing", shape = [] }) => {
    if (!isTensor) throw new FormatError(`${where}: ${name} is not a tensor, which is not supported`);
    if (!isOnnxType(type))
      throw new FormatError(`${where}: ${name} is of type ${type}, which is not supported`);
    return { name, type, shape };
  });
}

import { StateError } from "@wayweave/geo-core";
import { kindOf } from "../../onnx/realm.js";
import { inScopeOf, isDisposed, opsUnderWay, tensorFor, valuesOf } from "../engines/tf-engine.js";
import { type DataType, type Tensor, type TensorInfo, tf } from "../tfjs.js";
import type { ConstantData } from "./graph.js";
import type { Kernel } from "./kernel.js";
import { allKernels, ownKernels } from "./kernels/index.js";
import { onnxTypeOf, type RecordedTensor, Recorder } from "./recorder.js";

/** The name under which the recording backend is known to tfjs. */
export const RECORD_BACKEND = "wayweave-record";

type BackendValues = import("@tensorflow/tfjs").backend_util.BackendValues;
type DataId = Tensor["dataId"];

/** Numbers that tfjs handed over, or the result of a recorded kernel. */
type Entry = { references: number } & (
  | { readonly data: ConstantData; readonly shape: readonly number[]; readonly dtype: DataType }
  | { readonly recorder: Recorder; readonly tensor: RecordedTensor }
);

/** The recording under way. Recording is synchronous, so there is at most one. */
let activeRecorder: Recorder | undefined;

/** A tfjs backend whose kernels append ONNX nodes instead of computing. */
class RecordBackend extends tf.KernelBackend {
  readonly #entries = new Map<DataId, Entry>();

  override numDataIds(): number {
    return this.#entries.size;
  }

  override write(values: BackendValues, shape: number[], dtype: DataType): DataId {
    const dataId = {};
    this.move(dataId, values, shape, dtype, 1);
    return dataId;
  }

  override move(
    dataId: DataId,
    values: BackendValues,
    shape: number[],
    dtype: DataType,
    count: number,
  ): void {
    refuseHostRandomness();
    onnxTypeOf(dtype);
    this.#entries.set(dataId, { data: toConstantData(values, dtype), shape, dtype, references: count });
  }

  override refCount(dataId: DataId): number {
    return this.#entries.get(dataId)?.references ?? 0;
  }

  override incRef(dataId: DataId): void {
    const entry = this.#entries.get(dataId);
    if (entry !== undefined) entry.references++;
  }

  override disposeData(dataId: DataId, force = false): boolean {
    const entry = this.#entries.get(dataId);
    if (entry === undefined) return true;
    entry.references--;
    if (entry.references > 0 && !force) return false;
    this.#entries.delete(dataId);
    return true;
  }

  override readSync(dataId: DataId): BackendValues {
    const entry = this.#entries.get(dataId);
    if (entry !== undefined && "data" in entry) return entry.data as BackendValues;
    throw new StateError(
      `recording: a tensor's values were read (dataSync, data, arraySync or print)${askedBy()}, but they exist only when the compiled step runs; a loss must be a pure function of tensors`,
    );
  }

  override read(dataId: DataId): Promise<BackendValues> {
    return Promise.resolve(this.readSync(dataId));
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: false };
  }

  override floatPrecision(): 32 {
    return 32;
  }

  override epsilon(): number {
    return 1e-7;
  }

  override dispose(): void {
    this.#entries.clear();
  }

  /** Stores the result of a kernel, or a graph input, as a tfjs tensor's data. */
  store(recorder: Recorder, tensor: RecordedTensor): TensorInfo {
    const dataId = {};
    this.#entries.set(dataId, { recorder, tensor, references: 1 });
    return { dataId, shape: [...tensor.shape], dtype: tensor.dtype };
  }

  /** What a tfjs tensor stands for in the graph being recorded. */
  load(recorder: Recorder, info: TensorInfo): RecordedTensor {
    const entry = this.#entries.get(info.dataId);
    if (entry === undefined) return this.#capture(recorder, info);
    if ("data" in entry) return recorder.constant(entry.data, info.shape, info.dtype);
    if (entry.recorder !== recorder) {
      throw new StateError(
        "recording: a tensor of another recording was used; pass it as a parameter or batch entry",
      );
    }
    return entry.tensor;
  }

  /** A tensor of another backend becomes a constant; it stays where it is. */
  #capture(recorder: Recorder, info: TensorInfo): RecordedTensor {
    if (isDisposed(info)) {
      throw new StateError(`recording: a disposed tensor was used${askedBy()}`);
    }
    return recorder.constant(toConstantData(valuesOf(info), info.dtype), info.shape, info.dtype);
  }
}

/**
 * Runs `build` with tfjs recording into a new graph. The tensors that `build` makes are disposed at the end.
 *
 * @returns what `build` returns
 * @throws {StateError} a recording is already under way, a kernel cannot be recorded, or `build` reads values
 */
export function record<Result>(build: (session: RecordingSession) => Result): Result {
  if (activeRecorder !== undefined) throw new StateError("recording: a recording is already under way");
  register();
  const recorder = new Recorder();
  activeRecorder = recorder;
  try {
    return inScopeOf(RECORD_BACKEND, "wayweave-record", (backend) =>
      build(new RecordingSession(recorder, backend as RecordBackend)),
    );
  } finally {
    activeRecorder = undefined;
  }
}

/** What the builder of a recording works with. */
export class RecordingSession {
  readonly recorder: Recorder;
  readonly #backend: RecordBackend;

  constructor(recorder: Recorder, backend: RecordBackend) {
    this.recorder = recorder;
    this.#backend = backend;
  }

  /** A graph input, as a tensor for the recorded function. */
  input(name: string, shape: readonly number[], dtype: DataType): Tensor {
    const value = this.recorder.graph.input(name, { type: onnxTypeOf(dtype), shape });
    const info = this.#backend.store(this.recorder, this.recorder.wrap(value, dtype));
    return tensorFor(info);
  }

  /** What a tensor made by the recorded function stands for. */
  recorded(tensor: Tensor): RecordedTensor {
    return this.#backend.load(this.recorder, tensor);
  }
}

let isRegistered = false;

function register(): void {
  if (isRegistered) return;
  isRegistered = true;
  // Below every computing backend: tfjs never chooses it by itself.
  tf.registerBackend(RECORD_BACKEND, () => new RecordBackend(), -1);
  const recorded = new Set(allKernels.map(({ name }) => name));
  for (const kernel of [...allKernels, ...ownKernels]) registerRecorded(kernel);
  for (const { kernelName } of tf.getKernelsForBackend("cpu")) {
    if (recorded.has(kernelName)) continue;
    const kernelFunc = () => {
      throw new StateError(
        `recording: kernel ${kernelName}${askedBy()} cannot be recorded; train with an eager engine or write it with other ops`,
      );
    };
    tf.registerKernel({ kernelName, backendName: RECORD_BACKEND, kernelFunc });
  }
}

function registerRecorded(kernel: Kernel): void {
  tf.registerKernel({
    kernelName: kernel.name,
    backendName: RECORD_BACKEND,
    kernelFunc: ({ inputs, attrs, backend }) => {
      const recorder = activeRecorder;
      if (recorder === undefined)
        throw new StateError(`recording: ${kernel.name} was called outside a recording`);
      const records = backend as RecordBackend;
      const loaded: Record<string, RecordedTensor> = {};
      for (const [name, info] of Object.entries(inputs as Record<string, TensorInfo | undefined | null>)) {
        if (info !== undefined && info !== null) loaded[name] = records.load(recorder, info);
      }
      const result = kernel.record({ recorder, inputs: loaded, attrs: attrs ?? {} });
      return Array.isArray(result)
        ? result.map((tensor) => records.store(recorder, tensor))
        : records.store(recorder, result);
    },
  });
}

function toConstantData(values: BackendValues, dtype: DataType): ConstantData {
  if (dtype === "float32")
    return kindOf(values) === "Float32Array"
      ? (values as Float32Array)
      : Float32Array.from(values as ArrayLike<number>);
  if (dtype === "int32")
    return kindOf(values) === "Int32Array"
      ? (values as Int32Array)
      : Int32Array.from(values as ArrayLike<number>);
  return Uint8Array.from(values as ArrayLike<number>);
}

const HOST_RANDOM_OPS = /^(random|truncatedNormal|multinomial|dropout)/;

/** tfjs draws random tensors on the host: recorded, every step would see the same numbers. */
function refuseHostRandomness(): void {
  const op = opsUnderWay().find((name) => HOST_RANDOM_OPS.test(name));
  if (op !== undefined) {
    throw new StateError(
      `recording: tf.${op} would draw once and repeat the same numbers every step; draw from the loss's context.random, or use dropout of @wayweave/nn/train`,
    );
  }
}

/** ` (asked for by tf.conv2d)`: the outermost tfjs op that is running. */
function askedBy(): string {
  const op = opsUnderWay()[0];
  return op === undefined ? "" : ` (asked for by tf.${op})`;
}

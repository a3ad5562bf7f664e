import { Tensor as OrtTensor } from "onnxruntime-node";
import { copyOf, type HostTensor } from "../host-tensor.js";

/** Holds parameters and optimizer state between steps: in host memory, or where the provider computes. */
export interface ValueStore {
  /** Outputs of a session that stay on the device, by where they are to be; `undefined` where all come back. */
  outputLocations(outputs: readonly string[]): Readonly<Record<string, "gpu-buffer" | "cpu">> | undefined;
  names(): readonly string[];
  /** What a step reads. */
  current(name: string): OrtTensor;
  /** What a step is to write to; `null` for a tensor of its own making. */
  target(name: string): OrtTensor | null;
  /** Makes what a step has written current. */
  accept(written: ReadonlyMap<string, OrtTensor>): void;
  /** Copies. */
  read(names: readonly string[]): Promise<Record<string, HostTensor>>;
  write(values: Readonly<Record<string, HostTensor>>): void;
  dispose(): Promise<void>;
}

export function toOrt({ type, shape, data }: HostTensor): OrtTensor {
  if (type === "bool") return new OrtTensor("bool", data as Uint8Array, shape);
  return type === "int32"
    ? new OrtTensor("int32", data as Int32Array, shape)
    : new OrtTensor("float32", data as Float32Array, shape);
}

/** A copy, of a tensor in host memory. */
export function fromOrt(tensor: OrtTensor): HostTensor {
  return copyOf({
    type: tensor.type as HostTensor["type"],
    shape: tensor.dims,
    data: tensor.data as HostTensor["data"],
  });
}

import type { Engine, Provider } from "../../inference/engine.js";
import type { HostTensor } from "../host-tensor.js";

/** An engine that works here: eager on a tfjs backend, or compiled for a provider of ONNX Runtime. */
export type ChosenEngine =
  | { readonly engine: Exclude<Engine, "auto">; readonly kind: "eager"; readonly backend: string }
  | { readonly engine: Exclude<Engine, "auto">; readonly kind: "compiled"; readonly provider: Provider };

/** What compiling cost; summed over batch shapes and phases. All zero for eager engines. */
export interface CompileInfo {
  /** Milliseconds spent on recording, writing and loading graphs. */
  readonly compileMs: number;
  /** Nodes of the ONNX graphs. */
  readonly nodeCount: number;
  /** Size of the ONNX models. */
  readonly modelBytes: number;
  /** Compiled graphs: one a phase and batch shape. */
  readonly graphCount: number;
}

export const NOTHING_COMPILED: CompileInfo = { compileMs: 0, nodeCount: 0, modelBytes: 0, graphCount: 0 };

/**
 * Bytes of host memory that the last step read and wrote: all of its inputs and outputs but those that stay on a device. On a GPU these
 * are copied; on the CPU they are used where they are. Zero for eager engines.
 */
export interface StepTraffic {
  /** Inputs: batch, parameters and optimizer state that are not on the device. */
  readonly fedBytes: number;
  /** Outputs: metrics, and new parameters and state that do not stay on the device. */
  readonly fetchedBytes: number;
}

export const NO_TRAFFIC: StepTraffic = { fedBytes: 0, fetchedBytes: 0 };

/** One step, resolved to plain data. */
export interface StepCall {
  readonly phase: string;
  readonly batch: Readonly<Record<string, HostTensor>>;
  /** The optimizer's numbers for this step. */
  readonly scalars: Readonly<Record<string, number>>;
  /** Updates of this phase done before. */
  readonly step: number;
}

/** Holds parameters and optimizer state, and runs steps on them. */
export interface StepRunner {
  readonly engine: Exclude<Engine, "auto">;
  readonly compileInfo: CompileInfo;
  readonly traffic: StepTraffic;
  /** Gets a phase ready for a batch's shapes without running it. */
  prepare(call: Pick<StepCall, "phase" | "batch">): Promise<void>;
  /** @returns the loss and other scalars */
  run(call: StepCall): Promise<Record<string, number>>;
  /** Copies of parameters and optimizer state. */
  read(names?: readonly string[]): Promise<Record<string, HostTensor>>;
  write(values: Readonly<Record<string, HostTensor>>): void;
  dispose(): Promise<void>;
}

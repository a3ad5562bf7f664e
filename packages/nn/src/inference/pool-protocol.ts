import { FormatError, ShapeError, StateError, ValueError } from "@wayweave/geo-core";
import { messageOf } from "../onnx/realm.js";
import type { Engine } from "./engine.js";
import type { Inputs, Outputs, TensorSpec } from "./predictor.js";
import type { Provider } from "./providers.js";

/** What a worker is started with. */
export interface WorkerStart {
  readonly source: string | Uint8Array;
  readonly providers: readonly Provider[] | undefined;
  readonly engine: Engine | undefined;
  readonly threads: number | undefined;
}

/** What the pool asks a worker to compute. A worker has one job at a time. */
export interface WorkerJob {
  readonly inputs: Inputs;
  readonly outputs: readonly string[];
}

/** What the pool sends to a worker: jobs, and at last the word to stop. */
export type WorkerMessage = WorkerJob | "stop";

/** What a worker tells the pool. */
export type WorkerReply =
  | {
      readonly kind: "ready";
      readonly inputs: readonly TensorSpec[];
      readonly outputs: readonly TensorSpec[];
      readonly metadata: Readonly<Record<string, string>>;
      readonly provider: Provider;
      readonly messages: readonly string[];
    }
  | { readonly kind: "done"; readonly outputs: Outputs }
  | { readonly kind: "failed"; readonly error: PlainError };

/** An error as it crosses between threads, where classes are lost. */
export interface PlainError {
  readonly code: string | undefined;
  readonly message: string;
}

export function toPlainError(error: unknown): PlainError {
  const { code } = (typeof error === "object" && error !== null ? error : {}) as { readonly code?: unknown };
  return { code: typeof code === "string" ? code : undefined, message: messageOf(error) };
}

/** The error in the class that it had in the worker; an error of no class of ours becomes a StateError. */
export function fromPlainError({ code, message }: PlainError): Error {
  const known = [ShapeError, ValueError, FormatError].find((type) => type.code === code);
  return known === undefined ? new StateError(message) : new known(message);
}

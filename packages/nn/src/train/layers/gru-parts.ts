import type { Tensor } from "../tfjs.js";

/** The weights of one GRU layer; the columns of each are the gates [reset | update | candidate]. */
export interface GruWeights {
  /** [inputs, 3·hidden] */
  readonly kernel: Tensor;
  /** [hidden, 3·hidden] */
  readonly recurrent: Tensor;
  /** [3·hidden] */
  readonly bias: Tensor;
  /** [3·hidden] */
  readonly recurrentBias: Tensor;
}

/** Where a GRU layer starts, where each sequence goes on, and which way it is read. */
export interface GruRun {
  /** [batch, hidden] */
  readonly initial: Tensor;
  /** [time, batch], 1 where the sequence goes on; elsewhere the state stays as it was. All 1 where it is left out. */
  readonly mask?: Tensor | undefined;
  /** Whether each column of the mask is ones up to a length and zeros after it. */
  readonly isMaskOfLengths?: boolean;
  /** `"reverse"` reads from the last entry to the first. */
  readonly direction: "forward" | "reverse";
}

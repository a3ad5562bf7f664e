import { z } from "zod";

/** Schemas of typed arrays for `Experiment.rawSchema`: `z.object({ labels: rawArrays.uint32 })`. */
export const rawArrays = {
  uint8: z.custom<Uint8Array>((value) => value instanceof Uint8Array, "must be a Uint8Array"),
  int32: z.custom<Int32Array>((value) => value instanceof Int32Array, "must be an Int32Array"),
  uint32: z.custom<Uint32Array>((value) => value instanceof Uint32Array, "must be a Uint32Array"),
  float32: z.custom<Float32Array>((value) => value instanceof Float32Array, "must be a Float32Array"),
  float64: z.custom<Float64Array>((value) => value instanceof Float64Array, "must be a Float64Array"),
} as const;

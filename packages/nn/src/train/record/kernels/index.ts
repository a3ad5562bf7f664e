import type { Kernel } from "../kernel.js";
import { binaryKernels } from "./binary.js";
import { convolutionKernels } from "./convolution.js";
import { creationKernels } from "./creation.js";
import { depthwiseKernels } from "./depthwise.js";
import { gatherKernels } from "./gather.js";
import { gruKernels } from "./gru.js";
import { joinKernels } from "./join.js";
import { matrixKernels } from "./matrix.js";
import { normalizationKernels } from "./normalization.js";
import { poolingKernels } from "./pooling.js";
import { reductionKernels } from "./reduction.js";
import { shapeKernels } from "./shape.js";
import { sliceKernels } from "./slice.js";
import { sortKernels } from "./sort.js";
import { unaryKernels } from "./unary.js";

/** Every tfjs kernel that can be recorded. */
export const allKernels: readonly Kernel[] = [
  ...unaryKernels,
  ...binaryKernels,
  ...creationKernels,
  ...shapeKernels,
  ...sliceKernels,
  ...joinKernels,
  ...reductionKernels,
  ...matrixKernels,
  ...gatherKernels,
  ...sortKernels,
  ...normalizationKernels,
  ...convolutionKernels,
  ...depthwiseKernels,
  ...poolingKernels,
];

/** Kernels that tfjs does not have: asked for by our own layers, and only while recording. */
export const ownKernels: readonly Kernel[] = [...gruKernels];

import { describeWrongArguments } from "../../../vitest.arguments.js";
import * as main from "../src/index.js";
import * as inference from "../src/inference/index.js";
import * as train from "../src/train/index.js";

describeWrongArguments(
  { "@wayweave/nn": main, "@wayweave/nn/inference": inference, "@wayweave/nn/train": train },
  // Parts of networks, which take tensors; classes that `load` makes.
  /^(OnnxModel|OnnxModelPool|SessionModel|gelu|dilatedConv2d|dropout|einsum|gradientReversal|gru|gruCell|gruSequence|batchNorm|l2Normalize|layerNorm|topK)$/,
  ["ENOENT"],
);

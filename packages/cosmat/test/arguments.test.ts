import { describeWrongArguments } from "../../../vitest.arguments.js";
import * as encoders from "../src/encoders.js";
import * as images from "../src/images.js";
import * as main from "../src/index.js";
import * as train from "../src/train.js";

describeWrongArguments(
  {
    "@wayweave/cosmat": main,
    "@wayweave/cosmat/encoders": encoders,
    "@wayweave/cosmat/images": images,
    "@wayweave/cosmat/train": train,
  },
  // Parts of networks, which take tensors.
  /^(alexNet|alexNetShapes|exportAlexNet|initAlexNet)$/,
  ["ENOENT"],
);

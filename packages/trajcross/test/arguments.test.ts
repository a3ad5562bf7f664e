import { describeWrongArguments } from "../../../vitest.arguments.js";
import * as main from "../src/index.js";
import * as node from "../src/node.js";
import * as train from "../src/train.js";

describeWrongArguments(
  { "@wayweave/trajcross": main, "@wayweave/trajcross/node": node, "@wayweave/trajcross/train": train },
  // Parts of networks, which take tensors; classes that `load` makes; and training, which needs no argument to begin.
  /^(TrajCross|encodeImages|encodeTrajectories|infoNce|modalityLoss|pairLoss|initParams|exportReader|trainReader|loadLineReader|openTrackFinder)$/,
  ["ENOENT"],
);

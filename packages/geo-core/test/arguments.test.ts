import { describeWrongArguments } from "../../../vitest.arguments.js";
import * as main from "../src/index.js";
import * as node from "../src/node/index.js";

describeWrongArguments(
  { "@wayweave/geo-core": main, "@wayweave/geo-core/node": node },
  // Not called by users: made by readers, or told by their callers.
  /^(check.*|.*Error|Pace|TrajectoryStream|GeoLifeLabels)$/,
  ["ENOENT", "EISDIR"],
);

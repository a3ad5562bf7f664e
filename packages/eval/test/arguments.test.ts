import { describeWrongArguments } from "../../../vitest.arguments.js";
import * as main from "../src/index.js";

// Checks are told their callers' names.
describeWrongArguments({ "@wayweave/eval": main }, /^(check.*|countClasses)$/);

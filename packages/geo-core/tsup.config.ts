import { defineConfig } from "tsup";
import { packageBuild } from "../../tsup.shared.js";

export default defineConfig(
  packageBuild({
    index: "src/index.ts",
    foundation: "src/foundation.ts",
    node: "src/node/index.ts",
    "atomic-file": "src/node/atomic-file.ts",
    "pairwise-distances-worker": "src/node/pairwise-distances-worker.ts",
  }),
);
